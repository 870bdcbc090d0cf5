import Events
import Testing

@testable import Rooms

/// A commit can be read, and its number be given to a client in a snapshot, before it is announced.
@Suite(.serialized) struct CommittedCursorTests {
    @Test func `a cursor that is committed but not announced yet is honoured`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 3)
        _ = try await hub.joinLive()
        let late = hub.log.write(.board(.main), count: 2)
        let reader = try await hub.joinLive(after: Cursor(seq: 5, epoch: hub.log.epoch).description)
        hub.relay.announce(late)
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.count >= 1 }
        #expect(reader.numbers == [6])
        #expect(try reader.stream.events.allSatisfy { !$0.data.contains("stream.resync") })
    }
}
