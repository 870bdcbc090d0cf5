import Events
import NIOCore
import Testing

@testable import Rooms

@Suite(.serialized) struct LoopCountersTests {
    @Test func `deliveries are counted for open connections and for those that have gone`() async throws {
        let hub = TestHub()
        #expect(try await hub.hub.counters().get() == LoopCounters())
        let one = try await hub.joinLive()
        let other = try await hub.joinLive(user: "other")
        hub.log.commit(.board(.main), count: 3)
        try await hub.settle { one.numbers.count == 3 && other.numbers.count == 3 }
        try await hub.leave(one)
        hub.log.commit(.board(.main))
        try await hub.settle { other.numbers.count == 4 }
        let counters = try await hub.hub.counters().get()
        #expect(counters.readers == 1)
        #expect(counters.opened == 2)
        #expect(counters.deliveries == 7)
        let bytes = try await hub.read { [one, other].reduce(0) { $0 + $1.sink.received.readableBytes } }
        #expect(counters.bytes == bytes)
        #expect(counters.sweeps >= 2)
        #expect(counters.endings == [.gone: 1])
        #expect(counters.resyncs == [:])
        #expect(counters.replayed == 0 && counters.behind == 0 && counters.refused == 0)
        #expect(counters.publishToWrite.count == counters.sweeps && counters.publishToWrite.sum > 0)
    }

    @Test func `what memory has of the past is counted as a replay, and what comes live is not`() async throws {
        let hub = TestHub()
        let first = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 5)
        try await hub.settle { first.numbers.count == 5 }
        let late = try await hub.joinLive(after: "2-abcdef01")
        try await hub.settle { late.numbers.count == 3 }
        #expect(try await hub.hub.counters().get().replayed == 3)
    }

    @Test func `endings are counted by their reason`() async throws {
        let hub = TestHub()
        for reason in [CloseReason.admin, .admin, .revoked] {
            _ = try await hub.joinLive()
            _ = try await hub.relay.close(in: TestLog.tenant, reason, reconnectAfter: nil) { _, _ in true }
        }
        #expect(try await hub.hub.counters().get().endings == [.closed(.admin): 2, .closed(.revoked): 1])
    }

    @Test func `pages are counted by where they came from, and cursors that were not honoured`() async throws {
        var limits = RoomLimits.immediate
        limits.recentBytes = 500
        let hub = TestHub(limits)
        hub.log.commit(.board(.main), count: 50)
        let far = try await hub.joinLive(after: "0-abcdef01")
        try await hub.settle { far.numbers.count == 50 }
        let read = try await hub.hub.counters().get()
        #expect(read.storePages >= 2)
        #expect(read.replayed == 50)
        _ = try await hub.joinLive(after: "nonsense")
        #expect(try await hub.hub.counters().get().resyncs == [.cursorMalformed: 1])
    }
}
