import Events
import NIOCore
import StrictJSON
import TestSupport
import Testing

@testable import Rooms

/// Events that are not logged: for those who are there now, without `id`, and moving nobody's cursor.
@Suite(.serialized) struct EphemeralTests {
    private static let type = EventType("cursor.moved")!
    private static let ann = UserID("ann")!

    private func say(_ what: String, to audience: Audience = .board(.main), in hub: TestHub) {
        hub.relay.announce(
            ephemeral: EventFrame(
                ephemeral: Array(#"{"type":"cursor.moved","what":"\#(what)"}"#.utf8), audience: audience,
                type: Self.type, timestamp: 0), in: TestLog.tenant)
    }

    private func heard(_ reader: TestReader, in hub: TestHub) async throws -> [String] {
        try await hub.read { try heardNow(reader) }
    }

    private func heardNow(_ reader: TestReader) throws -> [String] {
        try reader.objects.compactMap { $0["what"]?.string }
    }

    @Test func `those who are there hear it, in its place among the others and without id`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        hub.log.commit(.board(.main))
        say("one", in: hub)
        hub.log.commit(.board(.main))
        say("two", in: hub)
        try await hub.settle { (try? reader.stream.events.count) == 5 }
        let events = try await hub.read { try reader.stream.events }
        #expect(events.map(\.id) == ["0-abcdef01", "1-abcdef01", nil, "2-abcdef01", nil])
        #expect(try await heard(reader, in: hub) == ["one", "two"])
        #expect(try await hub.read { try reader.stream.lastEventID } == "2-abcdef01")
    }

    @Test(arguments: [Audience.board(.main), .user(ann), .tenant])
    func `it reaches whom it is for and nobody else`(audience: Audience) async throws {
        let hub = TestHub()
        let ann = try await hub.joinLive(Selection(boards: .only([.main]), user: Self.ann), user: "ann")
        let bob = try await hub.joinLive(Selection(boards: .only([BoardID("a")!]), user: UserID("bob")), user: "bob")
        let picky = try await hub.joinLive(
            Selection(boards: .all, user: Self.ann, types: TypeFilter(list: "task.*")!), user: "ann")
        hub.log.commit(.tenant)
        try await hub.settle { [ann, bob, picky].allSatisfy { $0.numbers == [1] } }
        say("x", to: audience, in: hub)
        hub.log.commit(.tenant)
        try await hub.settle { [ann, bob, picky].allSatisfy { $0.numbers == [1, 2] } }
        #expect(try await heard(ann, in: hub) == ["x"])
        #expect(try await heard(bob, in: hub) == (audience == .tenant ? ["x"] : []))
        #expect(try await heard(picky, in: hub) == [])
    }

    @Test func `whoever is connected hears it, also before anything was committed since they came`() async throws {
        let hub = TestHub()
        // Committed while nobody of the tenant was connected, as after a restart.
        hub.log.commit(.board(.main), count: 3)
        let reader = try await hub.joinLive(Selection(boards: .all, user: Self.ann), user: "ann")
        for audience: Audience in [.board(.main), .user(Self.ann), .tenant] { say("hello", to: audience, in: hub) }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [4] }
        #expect(try await heard(reader, in: hub) == ["hello", "hello", "hello"])
    }

    @Test func `what comes in one tick goes out in one write, also on a board where nothing was committed since`()
        async throws
    {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 3)
        let reader = try await hub.joinLive(Selection(boards: .only([.main]), user: Self.ann), user: "ann")
        let before = try await hub.read { reader.sink.sends }
        try await hub.read {
            for audience: Audience in [.board(.main), .user(Self.ann), .board(.main)] {
                say("hello", to: audience, in: hub)
            }
        }
        try await hub.settle { (try? self.heardNow(reader).count) == 3 }
        #expect(try await hub.read { reader.sink.sends } == before + 1)
        #expect(try await hub.hub.describe(TestLog.tenant).get().connections.first?.sentEvents == 3)
    }

    @Test func `it moves no cursor`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 4)
        try await hub.settle { reader.numbers.count == 4 }
        for number in 0..<50 { say("\(number)", in: hub) }
        try await hub.settle { (try? reader.stream.events.count) == 55 }
        let info = try #require(try await hub.hub.describe(TestLog.tenant).get().connections.first)
        #expect(info.cursor == Cursor(seq: 4, epoch: hub.log.epoch))
        #expect(info.lag == 0)
        let returning = try await hub.joinLive(after: info.cursor.description)
        #expect(try await hub.read { try returning.objects.first?["behind"]?.int } == 0)
    }

    @Test func `who is behind does not hear it, and misses no event for it`() async throws {
        let hub = TestHub()
        let slow = try await hub.joinLive()
        let quick = try await hub.joinLive()
        try await hub.read { slow.sink.room = 0 }
        hub.log.commit(.board(.main), count: 3)
        try await hub.settle { quick.numbers.count == 3 }
        say("while it is behind", in: hub)
        hub.log.commit(.board(.main), count: 3)
        try await hub.settle { quick.numbers.count == 6 }
        try await hub.settle {
            slow.sink.drain(1 << 20)
            return slow.numbers.count == 6
        }
        say("when it is back", in: hub)
        hub.log.commit(.board(.main))
        try await hub.settle { slow.numbers.count == 7 && quick.numbers.count == 7 }
        #expect(try await hub.read { slow.numbers } == Array(1...7))
        #expect(try await heard(slow, in: hub) == ["when it is back"])
        #expect(try await heard(quick, in: hub) == ["while it is behind", "when it is back"])
    }

    @Test func `a reader that is stopped in the middle of one gets all of it, and then what follows`() async throws {
        let hub = TestHub()
        let slow = try await hub.joinLive()
        hub.log.commit(.board(.main))
        try await hub.settle { slow.numbers == [1] }
        try await hub.read { slow.sink.room = 5 }
        say("cut", in: hub)
        hub.log.commit(.board(.main), count: 2)
        try await hub.settle { slow.sink.queuedBytes > 0 }
        try await hub.settle {
            slow.sink.drain(1 << 20)
            return slow.numbers.count == 3
        }
        #expect(try await hub.read { slow.numbers } == [1, 2, 3])
        #expect(try await heard(slow, in: hub) == ["cut"])
    }

    @Test func `a tenant that nobody is connected to hears nothing and costs nothing`() async throws {
        let hub = TestHub()
        say("nobody", in: hub)
        #expect(hub.relay.boards(of: TestLog.tenant) == nil)
        let reader = try await hub.joinLive()
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [1] }
        #expect(try await heard(reader, in: hub) == [])
    }
}
