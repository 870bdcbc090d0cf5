import Events
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// The log page by page, for a reader that is no socket.
@Suite(.serialized) struct FollowTests {
    private static func principal(expiresAt: Timestamp = .never) -> Principal {
        Principal(tenant: TestLog.tenant, user: UserID("ann")!, expiresAt: expiresAt)
    }

    private func follow(
        _ hub: TestHub, after seq: Int? = 0, _ selection: Selection = Selection(boards: .all),
        expiresAt: Timestamp = .never,
        isRevoked: Bool = false
    ) -> LogFollowing {
        hub.relay.follow(
            selection, of: Self.principal(expiresAt: expiresAt),
            after: seq.map { Cursor(seq: $0, epoch: hub.log.epoch) }, isRevoked: { _ in isRevoked })
    }

    /// Numbers of the next `count` events.
    private func numbers(
        _ iterator: inout LogFollowing.AsyncIterator, _ count: Int
    ) async throws -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count, case .page(let page) = try await iterator.next() {
            numbers += page.events.map(\.seq)
        }
        return numbers
    }

    private func isOver(_ iterator: inout LogFollowing.AsyncIterator) async throws -> Bool {
        if case nil = try await iterator.next() { true } else { false }
    }

    @Test func `it gives what there is, then what comes`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 20)
        var iterator = follow(hub, after: 2).makeAsyncIterator()
        #expect(try await numbers(&iterator, 18) == Array(3...20))
        for seq in 21...40 {
            hub.log.commit(.board(.main))
            #expect(try await numbers(&iterator, 1) == [seq])
        }
    }

    @Test func `it wakes for what is shown alone`() async throws {
        let hub = TestHub()
        var iterator = follow(hub, Selection(boards: .only([.main]), user: UserID("ann"))).makeAsyncIterator()
        #expect(try await isQuiet(&iterator))
        hub.log.commit(.board(BoardID("a")!), count: 20)
        #expect(try await isQuiet(&iterator))
        hub.log.commit(.user(UserID("ann")!))
        #expect(try await numbers(&iterator, 1) == [21])
    }

    private func isQuiet(_ iterator: inout LogFollowing.AsyncIterator) async throws -> Bool {
        if case .quiet = try await iterator.next(within: .milliseconds(5)) { true } else { false }
    }

    @Test func `without a cursor it begins at the head`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 5)
        var iterator = follow(hub, after: nil).makeAsyncIterator()
        #expect(try await isQuiet(&iterator))
        hub.log.commit(.board(.main))
        #expect(try await numbers(&iterator, 1) == [6])
    }

    @Test func `a cursor that can't be honoured is named, and it goes on from the head`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 9)
        hub.log.oldest.withLock { $0 = 5 }
        var iterator = follow(hub, after: 1).makeAsyncIterator()
        guard case .resync(.cursorExpired, let bounds) = try await iterator.next() else {
            Issue.record("no resync")
            return
        }
        #expect(bounds.head == 9)
        hub.log.commit(.board(.main))
        #expect(try await numbers(&iterator, 1) == [10])
    }

    @Test func `it counts as a connection, within the limits, until it is gone`() async throws {
        var limits = RoomLimits.immediate
        limits.tenants.standard.connectionsPerUser = 1
        let hub = TestHub(limits)
        do {
            var iterator = follow(hub).makeAsyncIterator()
            #expect(try await isQuiet(&iterator))
            #expect(hub.relay.connections == 1)
            var other = follow(hub).makeAsyncIterator()
            await #expect(throws: RoomError.full(limit: 1)) { try await other.next() }
        }
        try await hub.settle { hub.relay.connections == 0 }
    }

    @Test func `it ends with an admin's cut, and with a drain`() async throws {
        let hub = TestHub()
        var cut = follow(hub).makeAsyncIterator()
        #expect(try await isQuiet(&cut))
        _ = try await hub.relay.close(in: TestLog.tenant, .admin, reconnectAfter: nil) { _, _ in true }
        hub.log.commit(.board(.main))
        #expect(try await isOver(&cut))
        var drained = follow(hub, after: 1).makeAsyncIterator()
        #expect(try await isQuiet(&drained))
        try await hub.hub.drainAll(over: .milliseconds(1)).get()
        #expect(try await isOver(&drained))
    }

    @Test func `one whose token was revoked while it opened gets nothing`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main))
        var iterator = follow(hub, isRevoked: true).makeAsyncIterator()
        #expect(try await isOver(&iterator))
    }

    @Test func `it ends when its token runs out`() async throws {
        let hub = TestHub()
        var iterator = follow(hub, expiresAt: 0).makeAsyncIterator()
        #expect(try await isOver(&iterator))
    }

    @Test func `a task that is cancelled stops waiting, and its connection goes`() async throws {
        let hub = TestHub()
        let following = follow(hub)
        let task = Task {
            var iterator = following.makeAsyncIterator()
            if case nil = try await iterator.next() { return true } else { return false }
        }
        try await hub.settle { hub.relay.connections == 1 }
        task.cancel()
        #expect(try await task.value)
        try await hub.settle { hub.relay.connections == 0 }
    }
}
