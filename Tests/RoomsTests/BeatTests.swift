import Events
import NIOCore
import NIOEmbedded
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Rooms

/// One timer looks after all connections, on a loop whose time these tests move: tokens that ran out, heartbeats,
/// sockets that stand still. A connection is looked at once a second.
@Suite(.serialized) struct BeatTests {
    final class WallClock: Sendable {
        let time = Mutex(Timestamp(milliseconds: 1_000_000))
        func advance(by milliseconds: Int) { time.withLock { $0 = $0 + milliseconds } }
    }

    private func hub(
        _ loop: NIOAsyncTestingEventLoop, _ clock: WallClock = WallClock(), heartbeat: Duration = .forever,
        stall: Duration = .forever
    ) -> TestHub {
        var limits = RoomLimits.immediate
        limits.heartbeat = heartbeat
        limits.stall = stall
        limits.tenants.standard.connectionsPerUser = 1000
        return TestHub(limits, on: loop, wallClock: { clock.time.withLock { $0 } })
    }

    private func isClosed(_ reader: TestReader, in hub: TestHub) async throws -> Bool {
        try await hub.read { reader.sink.isClosed }
    }

    @Test func `a token that ran out ends its stream within a second, with the reason and for good`() async throws {
        let (loop, clock) = (NIOAsyncTestingEventLoop(), WallClock())
        let hub = hub(loop, clock)
        let short = try await hub.join(expiresAt: 1_005_000)
        let long = try await hub.join(expiresAt: 1_006_001)
        clock.advance(by: 4999)
        await loop.advanceTime(by: .seconds(1))
        #expect(try await !isClosed(short, in: hub))
        clock.advance(by: 1)
        await loop.advanceTime(by: .seconds(1))
        #expect(try await isClosed(short, in: hub))
        #expect(try await !isClosed(long, in: hub))
        let last = try #require(try await hub.read { try short.objects.last })
        #expect(last["type"]?.string == "stream.closing")
        #expect(last["reason"]?.string == "token_expired")
        #expect(last["reconnect"]?.bool == false)
        #expect(try await hub.read { try short.stream.isEnded })
        #expect(hub.relay.connections == 1)
        await loop.shutdownGracefully()
    }

    @Test func `a minute before its token runs out a connection is told so, once`() async throws {
        let (loop, clock) = (NIOAsyncTestingEventLoop(), WallClock())
        let hub = hub(loop, clock)
        let reader = try await hub.join(expiresAt: 1_065_000)
        clock.advance(by: 4999)
        await loop.advanceTime(by: .seconds(1))
        #expect(try await hub.read { try reader.types } == ["connection.established"])
        clock.advance(by: 1)
        for _ in 0..<3 { await loop.advanceTime(by: .seconds(1)) }
        let last = try #require(try await hub.read { try reader.objects.last })
        #expect(try await hub.read { try reader.types } == ["connection.established", "token.expiring"])
        #expect(last["expiresAt"]?.string == "1970-01-01T00:17:45.000Z")
        await loop.shutdownGracefully()
    }

    @Test func `a connection whose token is renewed lives on, and is told of the new one's end`() async throws {
        let (loop, clock) = (NIOAsyncTestingEventLoop(), WallClock())
        let hub = hub(loop, clock)
        let reader = try await hub.join(expiresAt: 1_010_000)
        await loop.advanceTime(by: .seconds(1))
        let id = try #require(try await hub.read { reader.reader?.id })
        async let renewal = hub.relay.renew(
            id, in: TestLog.tenant,
            with: Principal(tenant: TestLog.tenant, user: UserID("someone")!, expiresAt: 1_100_000))
        guard case .renewed = try await renewal else { return #expect(Bool(false), "not renewed") }
        clock.advance(by: 20_000)
        await loop.advanceTime(by: .seconds(1))
        #expect(try await !isClosed(reader, in: hub))
        clock.advance(by: 30_000)
        await loop.advanceTime(by: .seconds(1))
        #expect(
            try await hub.read { try reader.types } == ["connection.established", "token.expiring", "token.expiring"])
        clock.advance(by: 50_000)
        await loop.advanceTime(by: .seconds(1))
        #expect(try await isClosed(reader, in: hub))
        await loop.shutdownGracefully()
    }

    @Test(arguments: [1, 2, 9, 10, 11, 100])
    func `however many tokens run out at once, all their streams end within a second`(count: Int) async throws {
        let (loop, clock) = (NIOAsyncTestingEventLoop(), WallClock())
        let hub = hub(loop, clock)
        for _ in 0..<count { _ = try await hub.join(expiresAt: 1_005_000) }
        #expect(hub.relay.connections == count)
        clock.advance(by: 5000)
        await loop.advanceTime(by: .seconds(1))
        #expect(hub.relay.connections == 0)
        await loop.shutdownGracefully()
    }

    @Test func `a blocked reader whose token ran out is let go without a word cut in half`() async throws {
        let (loop, clock) = (NIOAsyncTestingEventLoop(), WallClock())
        let hub = hub(loop, clock)
        let reader = try await hub.join(expiresAt: 1_005_000)
        try await hub.read { reader.sink.room = 0 }
        hub.log.commit(.board(.main))
        try await hub.settle { reader.sink.queuedBytes > 0 }
        clock.advance(by: 5000)
        await loop.advanceTime(by: .seconds(1))
        #expect(try await isClosed(reader, in: hub))
        #expect(try await hub.read { try reader.types } == ["connection.established"])
        await loop.shutdownGracefully()
    }

    @Test func `a connection without other bytes gets a heartbeat, one a second at the most`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, heartbeat: .zero)
        let reader = try await hub.join()
        for _ in 0..<3 { await loop.advanceTime(by: .seconds(1)) }
        #expect(try await hub.read { try reader.stream.comments } == ["heartbeat", "heartbeat", "heartbeat"])
        #expect(try await hub.read { try reader.stream.lastEventID } == "0-abcdef01")
        await loop.shutdownGracefully()
    }

    @Test func `before its time there is no heartbeat`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, heartbeat: .forever)
        let reader = try await hub.join()
        await loop.advanceTime(by: .seconds(30))
        #expect(try await hub.read { try reader.stream.comments } == [])
        await loop.shutdownGracefully()
    }

    @Test func `a heartbeat that does not fit is finished, and nothing is lost behind it`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, heartbeat: .zero)
        let reader = try await hub.join()
        try await hub.read { reader.sink.room = 4 }
        await loop.advanceTime(by: .seconds(1))
        hub.log.commit(.board(.main), count: 5)
        try await hub.settle {
            reader.sink.drain(1 << 20)
            return reader.sink.queuedBytes == 0
        }
        await loop.advanceTime(by: .milliseconds(10))
        try await hub.settle { reader.numbers.count == 5 }
        #expect(try await hub.read { reader.numbers } == [1, 2, 3, 4, 5])
        #expect(try await hub.read { try reader.stream.comments.count } >= 1)
        await loop.shutdownGracefully()
    }

    @Test func `a socket that takes no byte for the stall time is closed, one that takes them is not`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, stall: .zero)
        let stalled = try await hub.join()
        let healthy = try await hub.join()
        try await hub.read { stalled.sink.room = 0 }
        hub.log.commit(.board(.main))
        try await hub.settle { stalled.sink.queuedBytes > 0 && healthy.numbers == [1] }
        await loop.advanceTime(by: .seconds(1))
        #expect(try await isClosed(stalled, in: hub))
        #expect(try await !isClosed(healthy, in: hub))
        #expect(hub.relay.connections == 1)
        await loop.shutdownGracefully()
    }

    @Test func `a socket that stands still for less than the stall time stays`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, stall: .forever)
        let slow = try await hub.join()
        try await hub.read { slow.sink.room = 0 }
        hub.log.commit(.board(.main))
        try await hub.settle { slow.sink.queuedBytes > 0 }
        await loop.advanceTime(by: .seconds(30))
        #expect(try await !isClosed(slow, in: hub))
        await loop.shutdownGracefully()
    }

    @Test func `a peer not heard of for one and a half heartbeats is dropped before two are over`() async throws {
        let loop = NIOAsyncTestingEventLoop()
        let hub = hub(loop, heartbeat: .seconds(20))
        let vanished = try await hub.join()
        let present = try await hub.join()
        try await hub.read {
            vanished.sink.silence = .seconds(30)
            present.sink.silence = .seconds(29)
        }
        for _ in 0..<10 { await loop.advanceTime(by: .seconds(1)) }
        #expect(try await !isClosed(vanished, in: hub))
        try await hub.read { vanished.sink.silence = .seconds(31) }
        for _ in 0..<10 { await loop.advanceTime(by: .seconds(1)) }
        #expect(try await isClosed(vanished, in: hub))
        #expect(try await !isClosed(present, in: hub))
        #expect(hub.relay.connections == 1)
        await loop.shutdownGracefully()
    }
}
