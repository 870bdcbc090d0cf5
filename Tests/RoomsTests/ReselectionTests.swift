import Events
import NIOCore
import StrictJSON
import TestSupport
import Testing

@testable import Rooms

/// What a connection is shown changes while it lives: boards come and go, and nothing of them is lost or doubled.
@Suite(.serialized) struct ReselectionTests {
    private let a = BoardID("a")!

    @Test func `a board that joins is heard from then on`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive(Selection(boards: .only([.main])))
        hub.log.commit(.board(a))
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [2] }
        try await hub.read { [a] in reader.reader!.subscribe(to: [a]) }
        hub.log.commit(.board(a))
        try await hub.settle { reader.numbers == [2, 3] }
        let told = try #require(try await hub.read { try reader.objects }.first { $0["type"]?.string == "subscribed" })
        #expect(told["boards"]?.array?.compactMap(\.string) == ["a", "main"])
        #expect(told["recovered"] == nil)
    }

    @Test func `a board that joins at a cursor brings what it had since, and no other does again`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(a), count: 3)
        let reader = try await hub.joinLive(Selection(boards: .only([.main])))
        hub.log.commit(.board(.main), count: 2)
        hub.log.commit(.board(a), count: 2)
        try await hub.settle { reader.numbers == [4, 5] }
        try await hub.read { [a] in reader.reader!.subscribe(to: [a], since: "1-abcdef01") }
        try await hub.settle { (try? reader.types.contains("subscribed")) == true }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.contains(8) }
        #expect(try await hub.read { reader.numbers } == [4, 5, 2, 3, 6, 7, 8])
    }

    @Test func `a board that was there already brings what came before the stream began`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 3)
        let reader = try await hub.joinLive(Selection(boards: .only([.main])))
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [4] }
        try await hub.read { reader.reader!.subscribe(to: [.main], since: "1-abcdef01") }
        try await hub.settle { (try? reader.types.contains("subscribed")) == true }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.contains(5) }
        #expect(try await hub.read { reader.numbers } == [4, 2, 3, 5])
    }

    @Test(arguments: [("9-abcdef01", "cursor_ahead"), ("0-00000000", "epoch_changed"), ("junk", "cursor_malformed")])
    func `a cursor that can't be honoured is told so, and the board is heard`(cursor: String, reason: String)
        async throws
    {
        let hub = TestHub()
        let reader = try await hub.joinLive(Selection(boards: .only([.main])))
        try await hub.read { [a] in reader.reader!.subscribe(to: [a], since: cursor) }
        try await hub.settle { (try? reader.types.contains("subscribed")) == true }
        hub.log.commit(.board(a))
        try await hub.settle { reader.numbers == [1] }
        let objects = try await hub.read { try reader.objects }
        #expect(
            objects.map { $0["type"]?.string } == [
                "connection.established", "stream.resync", "subscribed", "task.created",
            ])
        #expect(objects[1]["reason"]?.string == reason)
        #expect(objects[2]["recovered"]?.bool == false)
    }

    @Test func `a resync names the place after which the new boards are heard, also to a reader that lags`()
        async throws
    {
        let hub = TestHub()
        let reader = try await hub.join(Selection(boards: .only([.main])), room: 1000)
        hub.log.commit(.board(.main), count: 20)
        hub.log.commit(.board(a), count: 10)
        try await hub.settle { [a] in
            guard let stream = reader.reader, stream.isBlocked else { return false }
            stream.subscribe(to: [a], since: "junk")
            return true
        }
        try await hub.settle { reader.reader?.resumptions == 0 }
        hub.log.commit(.board(a))
        try await hub.settle {
            reader.sink.drain(1 << 20)
            return reader.numbers.last == 31
        }
        #expect(try await hub.read { reader.numbers } == Array(1...20) + [31])
        let resync = try await hub.read { try reader.objects.first { $0["type"]?.string == "stream.resync" } }
        #expect(resync?["cursor"]?.string == "30-abcdef01")
    }

    @Test func `a board that is left is heard no more, nor is a type`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        let known: Set<BoardID> = [.main, a]
        try await hub.read { [a] in reader.reader!.unsubscribe(from: [a], of: known) }
        hub.log.commit(.board(a))
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [2] }
        let types = TypeFilter(list: "task.deleted")
        try await hub.read { reader.reader!.unsubscribe(from: [], of: known, types: types) }
        hub.log.commit(.board(.main))
        hub.log.commit(.board(.main), type: .taskDeleted)
        try await hub.settle { reader.numbers == [2, 4] }
    }

    @Test func `boards of a token that lost them are not given, even by a page that was under way`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(a), count: 200)
        let reader = try await hub.join(after: "0-abcdef01")
        _ = try await hub.relay.renew(
            try #require(try await hub.read { reader.reader?.id }), in: TestLog.tenant,
            with: Principal(tenant: TestLog.tenant, user: UserID("someone")!, boards: .only([.main])))
        let shown = try await hub.read { reader.numbers.count }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.last == 201 }
        #expect(try await hub.read { reader.numbers.count } == shown + 1)
    }

    @Test(arguments: 0..<30)
    func `boards that join at a cursor while events race with them lose none and double none`(seed: UInt64) async throws
    {
        var random = SplitMix(seed: seed)
        var limits = RoomLimits.immediate
        limits.slice = 1
        limits.recentBytes = [300, 1 << 20].randomElement(using: &random)!
        limits.queueBytes = 1024
        let hub = TestHub(limits)
        let b = BoardID("b")!
        let places: [Audience] = [.board(.main), .board(a), .board(b)]
        for _ in 0..<20 { hub.log.commit(places.randomElement(using: &random)!) }
        let reader = try await hub.join(Selection(boards: .only([.main])), after: "5-abcdef01", room: 200)
        var since: [BoardID: Int] = [.main: 5]
        for step in 0..<60 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0..<3:
                hub.log.commit(places.randomElement(using: &random)!, count: Int.random(in: 1...3, using: &random))
            case 3:
                let room = Int.random(in: 1...900, using: &random)
                try await hub.read { reader.sink.drain(room) }
            case 4 where step > 10:
                guard let board = [a, b].filter({ since[$0] == nil }).randomElement(using: &random) else { continue }
                let place = Int.random(in: 0...hub.log.all.count, using: &random)
                since[board] = place
                try await hub.read {
                    reader.reader!.subscribe(to: [board], since: "\(place)-abcdef01")
                }
            default: try await hub.read {}
            }
        }
        let expected = hub.log.all.filter { event in
            guard case .board(let board) = event.audience, let place = since[board] else { return false }
            return event.seq > place
        }.map(\.seq)
        try await hub.settle {
            reader.sink.drain(1 << 20)
            return reader.numbers.count >= expected.count
        }
        let got = try await hub.read { reader.numbers.sorted() }
        #expect(got == expected, "seed \(seed): \(got) \(expected) \(since)")
    }
}
