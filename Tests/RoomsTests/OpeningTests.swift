import Events
import NIOCore
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Rooms

@Suite(.serialized) struct OpeningTests {
    @Test func `the first event says who, where and how far behind, and carries the cursor`() async throws {
        var limits = RoomLimits.immediate
        limits.heartbeat = .seconds(7)
        let hub = TestHub(limits, wallClock: { 1_768_473_000_000 })
        hub.log.commit(.board(.main), count: 10)
        let reader = try await hub.join(user: "ann", after: "4-abcdef01")
        try await hub.settle { reader.numbers.count == 6 }
        let event = try #require(try await hub.read { try reader.stream.events.first })
        #expect(event.id == "4-abcdef01")
        #expect(event.name == nil)
        #expect(2100...3900 ~= (try #require(event.retry)))
        let object = try #require(try await hub.read { try reader.objects.first })
        #expect(object["type"]?.string == "connection.established")
        #expect(object["connectionId"]?.string == (try await hub.read { reader.reader?.id.description }))
        #expect(object["userId"]?.string == "ann")
        #expect(object["tenant"]?.string == "acme")
        #expect(object["boards"]?.array?.compactMap(\.string) == ["a", "b", "main"])
        #expect(object["cursor"]?.string == "4-abcdef01")
        #expect(object["recovered"]?.bool == true)
        #expect(object["behind"]?.int == 6)
        #expect(object["heartbeatSeconds"]?.int == 7)
        #expect(object["timestamp"]?.string == "2026-01-15T10:30:00.000Z")
    }

    @Test func `only the boards that are listened to are named`() async throws {
        let hub = TestHub()
        let reader = try await hub.join(Selection(boards: .only([.main, BoardID("b")!])))
        let object = try #require(try await hub.read { try reader.objects.first })
        #expect(object["boards"]?.array?.compactMap(\.string) == ["b", "main"])
    }

    @Test func `how far behind counts every number, also of what is not shown`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(BoardID("b")!), count: 8)
        hub.log.commit(.board(.main), count: 2)
        let reader = try await hub.join(Selection(boards: .only([.main])), after: "0-abcdef01")
        try await hub.settle { reader.numbers == [9, 10] }
        #expect(try await hub.read { try reader.objects.first?["behind"]?.int } == 10)
    }

    @Test func `a reader pages behind gets everything, though nothing was committed since the gateway started`()
        async throws
    {
        var limits = RoomLimits.immediate
        limits.queueBytes = 16_384
        let hub = TestHub(limits)
        hub.log.commit(.board(.main), count: 500)
        let reader = try await hub.joinLive(after: "0-abcdef01")
        hub.log.commit(.board(.main))
        try await hub.settle { reader.numbers.last == 501 }
        #expect(try await hub.read { reader.numbers } == Array(1...501))
    }

    @Test func `recovered is said of the transaction that read what follows the cursor`() async throws {
        var limits = RoomLimits.immediate
        limits.recentBytes = 500
        let hub = TestHub(limits)
        hub.log.commit(.board(.main), count: 100)
        let kept = try await hub.joinLive(after: "3-abcdef01")
        hub.log.beforePage.withLock { $0 = { [log = hub.log] in log.oldest.withLock { $0 = 50 } } }
        let late = try await hub.joinLive(after: "3-abcdef01")
        hub.log.commit(.board(.main))
        try await hub.settle { kept.numbers.last == 101 && late.numbers.last == 101 }
        #expect(try await hub.read { try kept.objects[0]["recovered"]?.bool } == true)
        #expect(try await hub.read { kept.numbers } == Array(4...101))
        let told = try await hub.read { try late.objects }
        #expect(told.map { $0["type"]?.string } == ["connection.established", "stream.resync", "task.created"])
        #expect(told[0]["recovered"]?.bool == false && told[1]["cursor"]?.string == "100-abcdef01")
    }

    @Test func `a stream that begins with state gets every later event once`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 5)
        let reader = try await hub.join(snapshot: { [log = hub.log] in
            // The state is read between two commits.
            log.commit(.board(.main), count: 2)
            let state = StreamRequest.Snapshot(
                json: Array(#"{"type":"init","count":7}"#.utf8), at: Cursor(seq: 7, epoch: log.epoch))
            log.commit(.board(.main), count: 2)
            return state
        })
        hub.log.commit(.board(.main), count: 1)
        try await hub.settle { reader.numbers.last == 10 }
        #expect(try await hub.read { try reader.types.prefix(2) } == ["connection.established", "init"])
        #expect(try await hub.read { reader.numbers } == [8, 9, 10])
        let events = try await hub.read { try reader.stream.events }
        #expect(events[0].id == "7-abcdef01", "a client that leaves here must not skip what follows the state")
        #expect(events[1].id == nil)
    }

    @Test func `state takes the place of a replay, and of what a resync asks for`() async throws {
        let hub = TestHub()
        hub.log.commit(.board(.main), count: 9)
        let state: @Sendable () async throws -> StreamRequest.Snapshot = {
            .init(json: Array(#"{"type":"init"}"#.utf8), at: Cursor(seq: 9, epoch: hub.log.epoch))
        }
        let returning = try await hub.join(after: "3-abcdef01", snapshot: state)
        let strange = try await hub.join(after: "nonsense", snapshot: state)
        hub.log.commit(.board(.main))
        try await hub.settle { returning.numbers.last == 10 && strange.numbers.last == 10 }
        #expect(try await hub.read { returning.numbers } == [10])
        #expect(try await hub.read { strange.numbers } == [10])
        #expect(try await hub.read { try returning.objects[0]["recovered"]?.bool } == true)
        #expect(
            try await hub.read { try strange.types }
                == ["connection.established", "init", "stream.resync", "task.created"])
    }

    @Test func `a log that cannot be read refuses the stream and leaves nothing behind`() async throws {
        struct Broken: TenantHistory {
            let epoch = Epoch(rawValue: 1)
            func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID> { throw .broken("no disk") }
            func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds { throw .broken("no disk") }
            func page(
                of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
            ) async throws(StoreFailure) -> LogPage { throw .broken("no disk") }
            func newest(of tenant: TenantID, selection: Selection, count: Int) async throws(StoreFailure) -> LogPage {
                throw .broken("no disk")
            }
            func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
                throw .broken("no disk")
            }
        }
        let hub = TestHub()
        hub.relay.start(history: Broken(), on: [hub.loop])
        let reader = try await hub.join()
        #expect(reader.refusal == .unavailable)
        #expect(hub.relay.connections == 0)
        #expect(hub.relay.boards(of: TestLog.tenant) == nil)
    }
}
