import Events
import NIOCore
import Testing

@testable import Rooms

/// What waits for sockets is bounded for all readers together.
@Suite struct QueuedBytesTests {
    private let acme = TenantID("acme")!
    private let globex = TenantID("globex")!

    private func make(_ limit: Int) -> (QueuedBytes, MemoryBudget) {
        let budget = MemoryBudget { limit }
        return (QueuedBytes(budget), budget)
    }

    private func buffer(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0x61, count: count) }

    @Test func `readers of the same bytes share their room`() throws {
        let (queued, budget) = make(1 << 20)
        let bytes = buffer(100_000)
        let one = try #require(queued.hold(bytes.getSlice(at: 1, length: 99_999)!, of: acme))
        let taken = budget.taken
        #expect(taken >= 100_000)
        let other = try #require(queued.hold(bytes.getSlice(at: 5_000, length: 95_000)!, of: acme))
        #expect(budget.taken == taken && one.ticket == other.ticket)
        queued.giveBack(one.ticket)
        #expect(budget.taken == taken)
        queued.giveBack(other.ticket)
        #expect(budget.taken == 0)
    }

    @Test func `a small part does not keep the whole`() throws {
        let (queued, budget) = make(1 << 20)
        let bytes = buffer(500_000)
        let held = try #require(queued.hold(bytes.getSlice(at: 499_000, length: 1000)!, of: acme))
        #expect(budget.taken < 4096 && held.bytes.readableBytes == 1000)
        queued.giveBack(held.ticket)
        #expect(budget.taken == 0)
    }

    @Test func `a tenant gets half, and others the rest`() throws {
        let (queued, _) = make(1 << 20)
        let own = [buffer(200_000), buffer(200_000)].map { queued.hold($0, of: acme) }
        #expect(own.allSatisfy { $0 != nil })
        #expect(queued.hold(buffer(200_000), of: acme) == nil)
        let other = try #require(queued.hold(buffer(200_000), of: globex))
        for held in own { try queued.giveBack(#require(held).ticket) }
        #expect(queued.hold(buffer(200_000), of: acme) != nil)
        queued.giveBack(other.ticket)
    }

    @Test func `without room a reader is dropped, and its client comes back to all it missed`() async throws {
        var limits = RoomLimits.immediate
        limits.queuedBytesTotal = 1000
        limits.recentBytes = 2000
        let hub = TestHub(limits)
        let readers = [try await hub.joinLive(), try await hub.joinLive(), try await hub.joinLive()]
        try await hub.read { for slow in readers[1...] { slow.sink.room = 10 } }
        hub.log.commit(.board(.main), count: 1, padding: 3000)
        // The first that waits is let in whatever it takes; its bytes are the other's too.
        try await hub.settle { readers[0].numbers == [1] }
        #expect(try await hub.read { readers.map { $0.sink.isClosed } } == [false, false, false])
        let late = try await hub.joinLive()
        try await hub.read { late.sink.room = 10 }
        hub.log.commit(.board(.main), count: 1, padding: 3000)
        try await hub.settle { late.sink.isClosed }
        #expect(try await hub.read { hub.hub.counted.endings[.queuesFull] } == 1)
        // Room is there again once the others have read.
        try await hub.settle {
            for slow in readers[1...] { slow.sink.drain(100_000) }
            return readers.allSatisfy { $0.numbers == [1, 2] }
        }
        #expect(hub.relay.queued.taken == 0)
        let again = try await hub.joinLive(after: "0-\(hub.log.epoch)")
        try await hub.settle { again.numbers == [1, 2] }
    }
}
