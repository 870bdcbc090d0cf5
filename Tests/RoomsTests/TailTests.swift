import Events
import Synchronization
import Testing

@testable import Rooms

/// What follows a cursor is read from memory where memory has it all, and never where it has not.
@Suite(.serialized) struct TailTests {
    private func tail(_ hub: TestHub, after seq: Int, bytes: Int = 1 << 20) throws -> [Int]? {
        let epoch = try #require(
            hub.relay.epochs(of: TestLog.tenant).cursor(at: seq).description.split(separator: "-").last)
        let cursor = try #require(Cursor("\(seq)-\(epoch)"))
        return hub.relay.tail(after: cursor, of: TestLog.tenant, bytes: bytes)?.frames.map(\.seq)
    }

    @Test func `it is every event from the cursor to the head`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 2)
        _ = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 3)
        #expect(try tail(hub, after: 2) == [3, 4, 5])
        #expect(try tail(hub, after: 4) == [5])
        #expect(try tail(hub, after: 5) == [])
        // What was there before anybody was connected is in the log alone.
        #expect(try tail(hub, after: 1) == nil)
    }

    @Test func `the log has to say what memory can't`() async throws {
        let hub = TestHub()
        #expect(hub.relay.tail(after: try #require(Cursor("0-00000001")), of: TestLog.tenant, bytes: 1000)?.head == nil)
        _ = try await hub.joinLive()
        hub.log.commit(.board(.main), count: 3)
        #expect(try tail(hub, after: 4) == nil)
        #expect(hub.relay.tail(after: try #require(Cursor("1-0000abcd")), of: TestLog.tenant, bytes: 1000)?.head == nil)
        #expect(try tail(hub, after: 0, bytes: 100) == nil)
    }

    @Test func `a hole in what was announced is not passed over`() async throws {
        let hub = TestHub()
        _ = try await hub.joinLive()
        hub.log.commit(.board(.main))
        let events = hub.log.write(.board(.main), count: 2)
        hub.log.failures.withLock { $0 = .max }
        hub.relay.announce([events[1]])
        #expect(try tail(hub, after: 1) == nil)
        hub.relay.announce([events[0]])
        #expect(try tail(hub, after: 1) == [2, 3])
    }
}
