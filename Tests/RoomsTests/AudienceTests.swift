import Events
import NIOCore
import StrictJSON
import TestSupport
import Testing

@testable import Rooms

/// Who hears what, and in which order.
@Suite(.serialized) struct AudienceTests {
    private static let k = UserID("K")!
    private static let kelvin = UserID("\u{212A}")!

    @Test func `a user's own events stand among the boards' in number order`() async throws {
        let hub = TestHub()
        let all = try await hub.joinLive(Selection(boards: .all, user: Self.k), user: "K")
        let one = try await hub.joinLive(Selection(boards: .only([.main]), user: Self.k), user: "K")
        let other = try await hub.joinLive(Selection(boards: .all, user: UserID("bob")), user: "bob")
        for _ in 0..<100 {
            hub.log.commit(.board(.main))
            hub.log.commit(.user(Self.k), count: 2)
            hub.log.commit(.board(BoardID("a")!))
            hub.log.commit(.tenant)
            hub.log.commit(.user(Self.k))
        }
        try await hub.settle { [all, one, other] in
            all.numbers.last == 600 && one.numbers.last == 600 && other.numbers.last == 599
        }
        #expect(try await hub.read { all.numbers } == Array(1...600))
        #expect(try await hub.read { one.numbers } == (1...600).filter { $0 % 6 != 4 })
        #expect(try await hub.read { other.numbers } == (1...600).filter { [1, 4, 5].contains($0 % 6) })
    }

    @Test func `one batch with events for everyone, a board and a user keeps its order`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive(Selection(boards: .only([.main]), user: Self.k), user: "K")
        let audiences: [Audience] = [
            .user(Self.k), .board(.main), .user(Self.k), .tenant, .user(Self.kelvin), .board(.main),
        ]
        hub.relay.announce(
            audiences.enumerated().map { index, audience in
                Event(
                    tenant: TestLog.tenant, seq: index + 1, epoch: hub.log.epoch, audience: audience,
                    type: .taskCreated, timestamp: 0,
                    json: Array("{}".utf8))
            })
        try await hub.settle { reader.numbers.last == 6 }
        #expect(try await hub.read { reader.numbers } == [1, 2, 3, 4, 6])
    }

    @Test func `nobody hears the room of a user whom Swift takes for them`() async throws {
        let hub = TestHub()
        let k = try await hub.joinLive(Selection(boards: .only([]), user: Self.k), user: "K")
        let kelvin = try await hub.joinLive(Selection(boards: .only([]), user: Self.kelvin), user: "\u{212A}")
        hub.log.commit(.user(Self.k))
        hub.log.commit(.user(Self.kelvin))
        hub.log.commit(.tenant)
        try await hub.settle { k.numbers.last == 3 && kelvin.numbers.last == 3 }
        #expect(try await hub.read { k.numbers } == [1, 3])
        #expect(try await hub.read { kelvin.numbers } == [2, 3])
    }

    @Test func `types narrow boards, the tenant's room and the user's own alike`() async throws {
        let hub = TestHub()
        let types = TypeFilter(list: "task.deleted,board.*")!
        let reader = try await hub.joinLive(Selection(boards: .all, user: Self.k, types: types), user: "K")
        for audience: Audience in [.board(.main), .user(Self.k), .tenant] {
            hub.log.commit(audience, type: .taskCreated)
            hub.log.commit(audience, type: .taskDeleted)
            hub.log.commit(audience, type: .boardUpdated)
        }
        try await hub.settle { reader.numbers.last == 9 }
        #expect(try await hub.read { reader.numbers } == [2, 3, 5, 6, 8, 9])
    }

    @Test func `another tenant's events reach nobody here`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive(Selection(boards: .all, user: Self.k), user: "K")
        let other = try #require(TenantID("Acme"))
        try await hub.relay.load(other, on: hub.loop).get()
        for (seq, audience) in [Audience.board(.main), .user(Self.k), .tenant].enumerated() {
            hub.relay.announce([
                Event(
                    tenant: other, seq: seq + 1, epoch: hub.log.epoch, audience: audience, type: .taskCreated,
                    timestamp: 0,
                    json: Array("{}".utf8))
            ])
            hub.relay.announce(
                ephemeral: EventFrame(
                    ephemeral: Array("{}".utf8), audience: audience, type: .taskCreated, timestamp: 0), in: other)
        }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [1] }
        #expect(try await hub.read { try reader.stream.events.count } == 2)
    }

    @Test func `a board made after a stream began is heard by whoever hears all`() async throws {
        let hub = TestHub()
        let all = try await hub.joinLive()
        hub.log.commit(.board(BoardID("new")!), type: .boardCreated)
        hub.log.commit(.board(BoardID("new")!))
        try await hub.settle { all.numbers == [1, 2] }
        #expect(hub.relay.boards(of: TestLog.tenant)?.contains(BoardID("new")!) == true)
        hub.log.commit(.board(BoardID("new")!), type: .boardDeleted)
        #expect(hub.relay.boards(of: TestLog.tenant)?.contains(BoardID("new")!) == false)
    }

    @Test func `rooms are made on first use and gone with the last reader`() async throws {
        let hub = TestHub()
        #expect(try await hub.hub.describe(TestLog.tenant).get().rooms.isEmpty)
        let all = try await hub.joinLive(Selection(boards: .all, user: Self.k), user: "K")
        let one = try await hub.joinLive(Selection(boards: .only([.main]), user: Self.k), user: "K")
        let rooms = try await hub.hub.describe(TestLog.tenant).get().rooms
        #expect(Set(rooms.map(\.audience)) == [.tenant, .board(.main), .user(Self.k)])
        try await hub.leave(one)
        #expect(
            Set(try await hub.hub.describe(TestLog.tenant).get().rooms.map(\.audience)) == [
                .tenant, .user(Self.k),
            ])
        try await hub.leave(all)
        #expect(try await hub.hub.describe(TestLog.tenant).get().rooms.isEmpty)
    }
}
