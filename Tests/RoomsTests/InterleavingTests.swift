import Events
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Rooms

/// Joining, replaying, falling behind and being live, mixed at random: nobody ever misses an event, gets one twice, or
/// sees two in the wrong order.
@Suite(.serialized) struct InterleavingTests {
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Touched on the loop alone, but for what never changes.
    final class Listener: @unchecked Sendable {
        let sink: TestSink
        let selection: Selection
        let after: Int
        var reader: Reader?

        init(sink: TestSink, selection: Selection, after: Int) {
            self.sink = sink
            self.selection = selection
            self.after = after
        }
    }

    @Test(arguments: 0..<40)
    func `every reader gets every event that it is shown, once, in order`(seed: UInt64) async throws {
        for round in UInt64(0)..<25 { try await play(seed: seed * 1000 + round) }
    }

    private func play(seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        var limits = RoomLimits.patient
        limits.coalesce = [.zero, .zero, .microseconds(200)][Int.random(in: 0..<3, using: &random)]
        limits.slice = Int.random(in: 1...3, using: &random)
        limits.recentBytes = [300, 2000, 1 << 20].randomElement(using: &random)!
        limits.queueBytes = 1024
        let relay = Relay(limits: limits, clock: { 0 })
        let log = TestLog(relay: relay)
        let loop = Self.group.any()
        relay.start(history: log, on: [loop])
        let hub = relay.hub(on: loop)!
        var readers: [Listener] = []
        log.commit(.board(.main), count: Int.random(in: 0...40, using: &random))

        for _ in 0..<60 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let audience: Audience = [
                    .board(.main), .board(BoardID("a")!), .board(BoardID("b")!), .user(UserID("u1")!),
                    .user(UserID("u2")!), .tenant,
                ].randomElement(using: &random)!
                let type: EventType = [.taskCreated, .taskDeleted, .boardUpdated].randomElement(using: &random)!
                log.commit(audience, type: type, count: Int.random(in: 1...3, using: &random))
            case 5, 6:
                let head = log.all.count
                let after = Bool.random(using: &random) ? head : Int.random(in: 0...head, using: &random)
                let selection = Self.selection(&random)
                let room = Bool.random(using: &random) ? Int.max : Int.random(in: 0...400, using: &random)
                let reader = try await loop.submit {
                    Self.join(hub, log, selection: selection, after: after, room: room)
                }.get()
                readers.append(reader)
            case 7, 8:
                let bytes = Int.random(in: 1...400, using: &random)
                let current = readers
                try await loop.submit { for reader in current { reader.sink.drain(bytes) } }.get()
            default:
                try await loop.submit {}.get()
            }
        }
        let everyone = readers
        let expected = everyone.map { reader in
            log.all.filter { $0.seq > reader.after && reader.selection.shows($0) }.map(\.seq)
        }
        try await loop.settle {
            for reader in everyone { reader.sink.drain(1 << 20) }
            return zip(everyone, expected).allSatisfy { $0.sink.numbers.count >= $1.count }
        }
        let got = try await loop.submit { everyone.map(\.sink.numbers) }.get()
        for (numbers, expected) in zip(got, expected) {
            #expect(numbers == expected, "seed \(seed)")
        }
        try await loop.submit { for reader in everyone { reader.reader.map { $0.drop() } } }.get()
        // A sweep that is under way drops its list when it is done.
        try await loop.settle { hub.roomIDs.isEmpty && relay.connections == 0 }
    }

    /// Lets the loop, the timers and the reads go on until `done`.
    private static func selection(_ random: inout SplitMix) -> Selection {
        let types = [TypeFilter.everything, TypeFilter(list: "task.*")!].randomElement(using: &random)!
        let user = [nil, UserID("u1"), UserID("u2")].randomElement(using: &random)!
        let boards: Selection.Boards = [
            .all, .all, .only([.main]), .only([BoardID("a")!, BoardID("b")!]),
        ].randomElement(using: &random)!
        return Selection(boards: boards, user: user, types: types)
    }

    private static func join(
        _ hub: LoopHub, _ log: TestLog, selection: Selection, after: Int, room: Int
    ) -> Listener {
        let sink = TestSink(room: room, eager: room % 2 == 0 ? hub.loop : nil)
        let reader = Listener(sink: sink, selection: selection, after: after)
        let request = StreamRequest(
            principal: Principal(tenant: TestLog.tenant, user: UserID("someone")!, expiresAt: .never),
            selection: selection,
            cursor: Cursor(seq: after, epoch: log.epoch).description, head: ByteBuffer(),
            snapshotURL: "")
        hub.open(request, on: sink) { reader.reader = try? $0.get() }
        return reader
    }
}
