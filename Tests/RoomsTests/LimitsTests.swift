import Events
import NIOCore
import NIOEmbedded
import StrictJSON
import Testing

@testable import Rooms

/// Beyond a limit the newcomer is refused; nobody else is cut for it.
@Suite(.serialized) struct LimitsTests {
    private func limits(user: Int = 1000, tenant: Int = 1000, total: Int = 1000) -> RoomLimits {
        var limits = RoomLimits.immediate
        limits.tenants.standard.connectionsPerUser = user
        limits.tenants.standard.connections = tenant
        limits.connectionsTotal = total
        return limits
    }

    @Test func `a user has so many connections, another has their own`() async throws {
        let hub = TestHub(limits(user: 2))
        let first = try await hub.joinLive(user: "ann")
        _ = try await hub.joinLive(user: "ann")
        #expect(try await hub.join(user: "ann").refusal == .full(limit: 2))
        #expect(try await hub.join(user: "bob").refusal == nil)
        #expect(hub.relay.connections == 3)
        try await hub.leave(first)
        #expect(try await hub.join(user: "ann").refusal == nil)
        #expect(try await hub.join(user: "ann").refusal == .full(limit: 2))
        #expect(hub.relay.connections == 3)
    }

    @Test func `users whom Swift takes for the same are counted apart`() async throws {
        let hub = TestHub(limits(user: 1))
        for user in ["K", "\u{212A}", "\u{E9}", "e\u{301}"] { #expect(try await hub.join(user: user).refusal == nil) }
        #expect(try await hub.join(user: "\u{212A}").refusal == .full(limit: 1))
    }

    @Test func `a tenant has so many connections, whoever they are`() async throws {
        let hub = TestHub(limits(tenant: 3))
        var readers: [TestReader] = []
        for user in ["a", "b", "c"] { readers.append(try await hub.joinLive(user: user)) }
        #expect(try await hub.join(user: "d").refusal == .full(limit: 3))
        hub.log.commit(.board(.main))
        let everyone = readers
        try await hub.settle { everyone.allSatisfy { $0.numbers == [1] } }
        try await hub.leave(readers[1])
        #expect(try await hub.join(user: "d").refusal == nil)
    }

    @Test func `a tenant may have limits of its own, and limits may change while it is connected`() async throws {
        var limits = limits(user: 1, tenant: 2)
        limits.tenants.own[TestLog.tenant] = .init(connections: 1, connectionsPerUser: 1)
        let hub = TestHub(limits)
        let first = try await hub.joinLive(user: "a")
        #expect(try await hub.join(user: "b").refusal == .full(limit: 1))
        limits.tenants.own = [:]
        hub.relay.admit(within: limits)
        #expect(try await hub.join(user: "b").refusal == nil)
        #expect(try await hub.join(user: "c").refusal == .full(limit: 2))
        limits.connectionsTotal = 1
        hub.relay.admit(within: limits)
        #expect(try await hub.join(user: "d").refusal == .full(limit: 1))
        hub.log.commit(.board(.main))
        try await hub.settle { first.numbers == [1] }
    }

    @Test func `the gateway has so many connections in all, and another tenant's are among them`() async throws {
        let hub = TestHub(limits(total: 2))
        _ = try await hub.joinLive()
        let other = try #require(TenantID("other"))
        try await hub.relay.load(other, on: hub.loop).get()
        let user = try #require(UserID("u"))
        #expect(try hub.relay.admit([(other, user)], on: 0)[0].get() != nil)
        #expect(try await hub.join().refusal == .full(limit: 2))
        hub.relay.release(other, user, on: 0)
        #expect(try await hub.join().refusal == nil)
    }

    @Test func `a refused reader was sent nothing and holds no place`() async throws {
        let hub = TestHub(limits(user: 1))
        let first = try await hub.joinLive()
        for _ in 0..<50 {
            let refused = try await hub.join()
            #expect(refused.refusal == .full(limit: 1))
            #expect(try await hub.read { refused.sink.received.readableBytes } == 0)
        }
        #expect(hub.relay.connections == 1)
        try await hub.leave(first)
        #expect(hub.relay.connections == 0)
        #expect(try await hub.join().refusal == nil)
    }

    @Test func `letting go twice gives one place back`() async throws {
        let hub = TestHub(limits(user: 2))
        let first = try await hub.joinLive()
        _ = try await hub.joinLive()
        try await hub.leave(first)
        try await hub.leave(first)
        #expect(hub.relay.connections == 1)
        #expect(try await hub.join().refusal == nil)
        #expect(try await hub.join().refusal == .full(limit: 2))
    }

    @Test func `many who come at once before the tenant is loaded are counted one by one`() async throws {
        let hub = TestHub(limits(user: 5))
        let readers = (0..<20).map { _ in TestReader(room: .max) }
        try await hub.read { [hub = hub.hub] in
            for reader in readers {
                let request = StreamRequest(
                    principal: Principal(tenant: TestLog.tenant, user: UserID("ann")!, expiresAt: .never),
                    selection: Selection(boards: .all), cursor: nil, head: ByteBuffer(), snapshotURL: "")
                hub.open(request, on: reader.sink) { reader.outcome = $0 }
            }
        }
        try await hub.settle { readers.allSatisfy { $0.outcome != nil } }
        #expect(try await hub.read { readers.filter { $0.reader != nil }.count } == 5)
        #expect(hub.relay.connections == 5)
    }
}

@Suite(.serialized) struct DrainTests {
    @Test func `from then on nobody is admitted`() async throws {
        let hub = TestHub()
        let reader = try await hub.joinLive()
        #expect(!hub.relay.isDraining)
        hub.relay.drain()
        #expect(hub.relay.isDraining)
        #expect(try await hub.join().refusal == .draining)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [1] }
    }

    @Test func `everyone is told a time of their own to come back, and the response ends cleanly`() async throws {
        let hub = TestHub()
        var readers: [TestReader] = []
        for _ in 0..<40 { readers.append(try await hub.joinLive()) }
        hub.log.commit(.board(.main))
        let everyone = readers
        try await hub.settle { everyone.allSatisfy { $0.numbers == [1] } }
        hub.relay.drain()
        try await hub.hub.drainAll(over: .seconds(10)).get()
        var delays: Set<Int> = []
        for reader in readers {
            let stream = try await hub.read { try reader.stream }
            #expect(stream.isEnded)
            let last = try #require(try await hub.read { try reader.objects.last })
            #expect(last["type"]?.string == "stream.closing")
            #expect(last["reason"]?.string == "server_draining")
            let delay = try #require(last["reconnectAfterMilliseconds"]?.int)
            #expect(0...10_000 ~= delay)
            #expect(stream.events.last?.retry == delay)
            #expect(stream.events.last?.id == nil)
            #expect(stream.lastEventID == "1-abcdef01")
            delays.insert(delay)
        }
        #expect(delays.count > 30, "spread over the window")
        #expect(hub.relay.connections == 0)
        #expect(try await hub.hub.describe(TestLog.tenant).get().rooms.isEmpty)
    }

    @Test func `many streams end a lot at a time, and the first are told to wait until all have`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        var limits = RoomLimits.immediate
        limits.tenants.standard.connectionsPerUser = 1000
        let hub = TestHub(limits, on: loop)
        var readers: [TestReader] = []
        for _ in 0..<300 { readers.append(try await hub.join()) }
        let drained = hub.hub.drainAll(over: .milliseconds(200))
        var left = [300, try await hub.read { hub.relay.connections }]
        while hub.relay.connections > 0 {
            await loop.advanceTime(by: .milliseconds(20))
            left.append(hub.relay.connections)
        }
        try await drained.get()
        #expect(left.count > 4)
        #expect(zip(left, left.dropFirst()).allSatisfy { $0 - $1 <= 64 })
        let delays = try await hub.read { [readers] in
            try readers.map { try $0.objects.last?["reconnectAfterMilliseconds"]?.int ?? -1 }
        }
        #expect(delays.allSatisfy { 0...200 ~= $0 })
        #expect(delays.filter { $0 >= 80 }.count >= 64)
        await loop.shutdownGracefully()
    }

    @Test func `a reader that takes no byte is let go without a word cut in half`() async throws {
        let hub = TestHub()
        let slow = try await hub.joinLive()
        try await hub.read { slow.sink.room = 0 }
        hub.log.commit(.board(.main), count: 3)
        try await hub.settle { slow.sink.queuedBytes > 0 }
        try await hub.hub.drainAll(over: .seconds(1)).get()
        #expect(try await hub.read { slow.sink.isClosed })
        #expect(try await hub.read { try slow.types } == ["connection.established"])
        #expect(hub.relay.connections == 0)
    }
}
