import Events
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// Announcements may be lost, doubled or out of order: every reader gets every event once and in order all the same.
@Suite(.serialized) struct GapTests {
    private static let places: [Audience] = [
        .board(.main), .board(BoardID("a")!), .tenant, .user(UserID("ann")!), .user(UserID("bob")!),
    ]

    @Test func `what was never announced is read from the log when something later is`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 2)
        let reader = try await hub.joinLive()
        _ = hub.log.write(.board(.main), count: 3)
        hub.log.commit(.board(.main))
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.count >= 5 }
        #expect(try await hub.read { reader.numbers } == [3, 4, 5, 6, 7])
    }

    @Test func `a number alone has the log read up to there`() async throws {
        let hub = TestHub()
        let ann = try await hub.joinLive(Selection(boards: .only([]), user: UserID("ann")), user: "ann")
        let all = try await hub.joinLive()
        _ = hub.log.write(.board(.main), count: 2)
        _ = hub.log.write(.user(UserID("ann")!))
        hub.relay.advance(TestLog.tenant, to: 3)
        try await hub.settle { all.numbers.last == 2 && ann.numbers == [3] }
        hub.log.commit(.board(.main))
        try await hub.settle { all.numbers == [1, 2, 4] }
    }

    @Test func `announcements out of order go out in order, and doubled ones once`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        let events = hub.log.write(.board(.main), count: 6)
        for index in [1, 0, 0, 5, 3, 4, 2, 1] { hub.relay.announce([events[index]]) }
        hub.relay.announce(events.reversed())
        try await hub.settle { reader.numbers.count >= 6 }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.last == 7 }
        #expect(try await hub.read { reader.numbers } == Array(1...7))
    }

    @Test func `a log that fails for a while is read again`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        hub.log.failures.withLock { $0 = 3 }
        _ = hub.log.write(.board(.main), count: 2)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [1, 2, 3] }
        #expect(hub.log.failures.withLock { $0 } <= 1)
    }

    @Test func `a number that the log never had is not waited for`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        hub.relay.advance(TestLog.tenant, to: 100)
        hub.log.commit(.board(.main), count: 2)
        try await hub.settle { reader.numbers == [1, 2] }
    }

    @Test func `a gap that is larger than what is read at once is left to each reader`() async throws {
        let hub = TestHub()
        let live = try await hub.joinLive()
        let ann = try await hub.joinLive(Selection(boards: .only([.main]), user: UserID("ann")), user: "ann")
        hub.log.mostTail.withLock { $0 = 5 }
        _ = hub.log.write(.board(BoardID("new")!), type: .boardCreated)
        _ = hub.log.write(.board(.main), count: 40)
        _ = hub.log.write(.user(UserID("ann")!), count: 2)
        hub.log.commit(.board(.main))
        try await hub.settle { live.numbers.last == 44 && ann.numbers.last == 44 }
        hub.log.commit(.board(.main))
        try await hub.settle { live.numbers.last == 45 && ann.numbers.last == 45 }
        #expect(try await hub.read { live.numbers } == Array(1...41) + [44, 45])
        #expect(try await hub.read { ann.numbers } == Array(2...45))
    }

    @Test func `what waited for its turn follows a gap that was skipped, once`() async throws {
        let hub = TestHub()
        let live = try await hub.joinLive()
        hub.log.mostTail.withLock { $0 = 3 }
        _ = hub.log.write(.board(.main), count: 8)
        // The log is read up to its head, and this one is there before the answer is.
        hub.relay.advance(TestLog.tenant, to: 8)
        hub.log.commit(.board(.main))
        try await hub.settle { live.numbers.last == 9 }
        hub.log.commit(.board(.main))
        try await hub.settle { live.numbers.last == 10 }
        #expect(try await hub.read { live.numbers } == Array(1...10))
    }

    @Test func `boards that came and went without an announcement are known`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        _ = hub.log.write(.board(BoardID("new")!), type: .boardCreated)
        _ = hub.log.write(.board(BoardID("a")!), type: .boardDeleted)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [1, 2, 3] }
        #expect(hub.relay.boards(of: TestLog.tenant) == [.main, BoardID("b")!, BoardID("new")!])
    }

    @Test(arguments: 0..<30)
    func `whatever becomes of announcements, every reader gets every event once and in order`(
        seed: UInt64
    ) async throws {
        for round in UInt64(0)..<5 { try await play(seed * 100 + round) }
    }

    private func play(_ seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        var limits = RoomLimits.immediate
        limits.recentBytes = [300, 2000, 1 << 20].randomElement(using: &random)!
        let hub = TestHub(limits)
        hub.log.mostTail.withLock { $0 = [3, 30, .max].randomElement(using: &random)! }
        hub.log.commit(.board(.main), count: 3)
        var readers: [(TestReader, Selection, after: Int)] = []
        // The tenant is in memory before anything goes wrong.
        readers.append((try await hub.join(after: "0-abcdef01"), Selection(boards: .all), after: 0))
        var kept: [Event] = []
        for _ in 0..<60 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1, 2, 3:
                let events = hub.log.write(
                    Self.places.randomElement(using: &random)!, count: Int.random(in: 1...3, using: &random))
                switch Int.random(in: 0..<5, using: &random) {
                case 0: hub.relay.announce(events)
                case 1: kept += events
                case 2: hub.relay.announce(events.shuffled(using: &random).dropLast())
                case 3: hub.relay.advance(TestLog.tenant, to: events.last?.seq ?? 0)
                default: break
                }
            case 4:
                kept.shuffle(using: &random)
                hub.relay.announce(kept.suffix(4))
                kept = kept.dropLast(Int.random(in: 0...4, using: &random))
            case 5:
                if readers.count == 6 { continue }
                let boards: Selection.Boards = Bool.random(using: &random) ? .all : .only([.main])
                let selection = Selection(boards: boards, user: [nil, UserID("ann")].randomElement(using: &random)!)
                let after = Int.random(in: 0...hub.log.all.count, using: &random)
                let room = Bool.random(using: &random) ? Int.max : Int.random(in: 200...900, using: &random)
                let reader = try await hub.join(
                    selection, user: "ann", after: Cursor(seq: after, epoch: hub.log.epoch).description, room: room)
                readers.append((reader, selection, after))
            case 6: hub.log.failures.withLock { $0 = Int.random(in: 0...2, using: &random) }
            default:
                let everyone = readers.map(\.0)
                try await hub.read { for reader in everyone { reader.sink.drain(300) } }
            }
        }
        hub.log.commit(.board(.main))
        for (reader, selection, after) in readers {
            let expected = hub.log.all.filter { $0.seq > after && selection.shows($0) }.map(\.seq)
            try await hub.settle {
                reader.sink.drain(1 << 20)
                return reader.numbers.count >= expected.count
            }
            let got = try await hub.read { reader.numbers }
            #expect(
                got == expected,
                "seed \(seed), after \(after): lacks \(Set(expected).subtracting(got).sorted()) of \(expected.count)")
        }
    }
}
