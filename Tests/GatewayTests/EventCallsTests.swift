import Boards
import Events
import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

/// `GET /api/events`: what a stream would send, as JSON.
@Suite struct EventCallsTests {
    private func numbers(_ answer: Answer) -> [Int] { answer.events.compactMap { $0["seq"]?.int } }

    @Test func `without a cursor the newest come, oldest first, and the head's cursor`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(60)
        let answer = try await gateway.call(.get, "/api/events", "viewer")
        #expect(answer.status == 200)
        #expect(numbers(answer) == Array(11...60))
        #expect(answer["cursor"]?.string == "60-\(gateway.epoch)")
        #expect(answer["recovered"]?.bool == false)
        #expect(answer["reason"] == nil)
        #expect(numbers(try await gateway.call(.get, "/api/events?limit=2")) == [59, 60])
    }

    @Test func `an event has what the contract lists`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        let event = try #require(try await gateway.call(.get, "/api/events").events.first)
        #expect(event["type"]?.string == "task.created")
        #expect(event["seq"]?.int == 1)
        #expect(event["boardId"]?.string == "main")
        #expect(event["boardSeq"]?.int == 1)
        #expect(event["taskId"]?.int == 1)
        #expect(event["task"]?.object?["name"]?.string == "task 1")
        #expect(event["actor"]?.string == "ann")
        #expect(event["timestamp"]?.string == "2026-01-15T10:30:00.000Z")
    }

    @Test func `from a cursor on every event comes once, page by page`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(25)
        var cursor = "3-\(gateway.epoch)"
        var seen: [Int] = []
        for _ in 0..<4 {
            let answer = try await gateway.call(.get, "/api/events?limit=10&since=\(cursor)")
            #expect(answer["recovered"]?.bool == true)
            seen += numbers(answer)
            cursor = try #require(answer["cursor"]?.string)
        }
        #expect(seen == Array(4...25))
        #expect(cursor == "25-\(gateway.epoch)")
    }

    @Test func `where nothing is shown the cursor goes on all the same`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(20)
        let answer = try await gateway.call(.get, "/api/events?types=board.*&since=0-\(gateway.epoch)")
        #expect(numbers(answer) == [])
        #expect(answer["cursor"]?.string == "20-\(gateway.epoch)")
    }

    @Test func `the header wins over the query, and an empty one counts as absent`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(5)
        let path = "/api/events?since=1-\(gateway.epoch)"
        #expect(
            numbers(try await gateway.call(.get, path, headers: [.lastEventID: "3-\(gateway.epoch)"])) == [4, 5])
        #expect(numbers(try await gateway.call(.get, path, headers: [.lastEventID: ""])) == [2, 3, 4, 5])
        let bad = try await gateway.call(.get, path, headers: [.lastEventID: "nonsense"])
        #expect(bad["reason"]?.string == "cursor_malformed")
        #expect(numbers(try await gateway.call(.get, "/api/events?since=")) == Array(1...5))
    }

    @Test(arguments: [
        ("7-EPOCH", "cursor_expired"), ("0-EPOCH", "cursor_expired"), ("21-EPOCH", "cursor_ahead"),
        ("15-00000000", "epoch_changed"),
        ("15", "cursor_malformed"), ("1:", "cursor_malformed"), ("%0A", "cursor_malformed"),
        ("015-EPOCH", "cursor_malformed"),
    ])
    func `a cursor that can't be honoured is answered with the reason and where to begin anew`(
        cursor: String, reason: String
    ) async throws {
        let gateway = try TestGateway(retention: Retention(count: 10))
        try await gateway.addTasks(20)
        let since = cursor.split(separator: "EPOCH", omittingEmptySubsequences: false).joined(
            separator: "\(gateway.epoch)")
        let answer = try await gateway.call(.get, "/api/events?since=\(since)")
        #expect(answer.status == 200)
        #expect(numbers(answer) == [])
        #expect(answer["recovered"]?.bool == false)
        #expect(answer["reason"]?.string == reason)
        #expect(answer["cursor"]?.string == "20-\(gateway.epoch)")
        #expect(answer["snapshot"]?.string == "/api/boards/main/snapshot")
    }

    @Test func `boards and types narrow what is shown`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        try await gateway.addBoard("more")
        try await gateway.addTasks(1)
        try await gateway.addTasks(1, on: "plan")
        for (query, expected) in [
            ("board=plan", [1, 4]), ("board=plan&board=main", [1, 3, 4]), ("types=task.*", [3, 4]),
            ("types=board.created,x.y", [1, 2]),
            ("types=task.*&board=plan", [4]),
        ] { #expect(numbers(try await gateway.call(.get, "/api/events?" + query)) == expected) }
        let gone = try await gateway.call(.get, "/api/events?board=plan&since=9-\(gateway.epoch)")
        #expect(gone["snapshot"]?.string == "/api/boards/plan/snapshot")
    }

    @Test func `a token for one board hears that board, and everyone's events`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        try await gateway.addTasks(1)
        try await gateway.addTasks(1, on: "plan")
        _ = try await gateway.call(.post, "/api/publish", "service", #"{"type":"a.b"}"#)
        _ = try await gateway.call(.post, "/api/publish", "service", #"{"type":"a.b","userId":"ann"}"#)
        _ = try await gateway.call(.post, "/api/publish", "service", #"{"type":"a.b","userId":"bob"}"#)
        let plan = try TestGateway.token(boards: ["plan"])
        #expect(numbers(try await gateway.call(.get, "/api/events", as: plan)) == [1, 3, 4, 5])
        #expect(try await gateway.call(.get, "/api/events?board=main", as: plan).status == 403)
        #expect(
            numbers(try await gateway.call(.get, "/api/events", as: try TestGateway.token(user: "bob"))) == [
                1, 2, 3, 4, 6,
            ])
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("types=", "types"),
        ("types=task", "types"), ("types=*", "types"),
        ("unknown=1", "unknown"), ("since=a&since=b", "since"), ("types=a.b&types=c.d", "types"),
        ("snapshot=1", "snapshot"),
        ("token=x", "token"),
    ])
    func `a query that can't be understood is refused and named`(query: String, pointer: String) async throws {
        let answer = try await TestGateway().call(.get, "/api/events?" + query)
        #expect(answer.status == 400)
        #expect(answer.pointers == [pointer])
    }

    @Test func `unknown boards are not found, and too many are refused`() async throws {
        let gateway = try TestGateway()
        for board in ["nothing", "MAIN", "", "main%00"] {
            #expect(try await gateway.call(.get, "/api/events?board=\(board)").status == 404)
        }
        let many = Array(repeating: "board=main", count: 101).joined(separator: "&")
        #expect(try await gateway.call(.get, "/api/events?" + many).pointers == ["board"])
    }
}
