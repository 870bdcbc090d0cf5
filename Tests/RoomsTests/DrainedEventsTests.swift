import Events
import NIOCore
import Testing

@testable import Rooms

/// Streams that end because the gateway shuts down are told first what was written before.
@Suite struct DrainedEventsTests {
    /// Nothing is swept a second time while the test runs.
    private var slow: RoomLimits {
        var limits = RoomLimits.patient
        limits.coalesce = .seconds(3600)
        limits.slice = 1
        return limits
    }

    @Test func `events that wait for the next sweep come before the end`() async throws {
        let hub = TestHub(slow)
        let someone = try #require(UserID("someone"))
        let reader = try await hub.joinLive(Selection(boards: .all, user: someone))
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers == [1] }
        hub.log.commit(.board(.main), count: 3)
        hub.log.commit(.user(someone))
        hub.log.commit(.board(.main))
        try await hub.hub.drainAll(over: .zero).get()
        #expect(try await hub.read { reader.numbers } == [1, 2, 3, 4, 5, 6])
        #expect(try await hub.read { try reader.types.last } == "stream.closing")
    }

    @Test func `so do those of a sweep that is under way`() async throws {
        let hub = TestHub(slow)
        var readers: [TestReader] = []
        for _ in 0..<20 { readers.append(try await hub.joinLive()) }
        let all = readers
        // The first slice of the sweep has one reader; the others have not been sent anything yet.
        try await hub.read {
            hub.log.commit(.board(.main), count: 2)
            hub.loop.execute { for reader in all { reader.reader?.drain(over: .zero) } }
        }
        try await hub.settle { all.allSatisfy { (try? $0.types.last) == "stream.closing" } }
        for reader in all { #expect(try await hub.read { reader.numbers } == [1, 2]) }
    }

    @Test func `whoever reads nothing is ended without them, and comes back with its cursor`() async throws {
        let hub = TestHub(slow)
        let reader = try await hub.joinLive()
        try await hub.read { reader.sink.room = 0 }
        hub.log.commit(.board(.main), count: 2)
        try await hub.hub.drainAll(over: .zero).get()
        #expect(try await hub.read { reader.numbers } == [])
        #expect(hub.relay.connections == 0)
    }
}
