import Boards
import Events
import HTTPTypes
import NIOCore
import NIOHTTP1
import Rooms
import StrictJSON
import Testing
import Tokens

@testable import Gateway

/// The streams that dashboards and task drawers of older systems follow: who may have them, and what they are told.
@Suite struct LegacyStreamTests {
    private let gateway: TestGateway

    init() throws { gateway = try TestGateway() }

    private func request(_ uri: String, _ token: String, lastEventID: String? = nil) async throws -> StreamRequest {
        try await gateway.streamRequest(
            TestGateway.head(uri, token: token, lastEventID.map { [("Last-Event-ID", $0)] } ?? []))
    }

    private func open(_ uri: String, tenant: String = "acme", boards: [String]? = nil, lastEventID: String? = nil)
        async throws -> TestConnection
    {
        let token = try TestGateway.token(tenant: tenant, boards: boards)
        let connection = try await TestConnection.open(
            try await request(uri, token, lastEventID: lastEventID), on: gateway)
        // It has begun: what comes next is live.
        _ = try await connection.text(until: "retry: ")
        return connection
    }

    private func status(_ uri: String, boards: [String]? = nil) async throws -> Int {
        let token = try TestGateway.token(boards: boards)
        do {
            _ = try await request(uri, token)
            return 200
        } catch let problem as Problem {
            return problem.status.code
        }
    }

    private func addGenerated(_ name: String, board: String = "plan") async throws {
        let body = #"{"name":"\#(name)","boardId":"\#(board)","status":"generated"}"#
        try #require(try await gateway.call(.post, "/api/tasks", nil, body).status == 201)
    }

    private func addPlan(_ id: String = "plan") async throws {
        let body = #"{"id":"\#(id)","statuses":["generated","done"]}"#
        try #require(try await gateway.call(.post, "/api/boards", "admin", body).status == 201)
    }

    // MARK: Paths

    @Test func `they are at their own paths and nowhere else`() throws {
        func takes(_ uri: String) -> Bool { gateway.isStream(TestGateway.head(uri)) }
        for uri in [
            "/api/events/stream", "/api/events/stream?since=4", "/api/tasks/stream", "/api/tasks/stream?limit=3",
            "/api/tasks/stream/review", "/api/tasks/stream/in_progress?mode=delta",
        ] { #expect(takes(uri), "\(uri)") }
        for uri in [
            "/api/events", "/api/events/stream/", "/api/events/streams", "/api/events/stream/x", "/api/tasks",
            "/api/tasks/1", "/api/tasks/streams", "/api/tasks/stream/", "/api/tasks/stream/a/b", "/api/tasks/strea",
        ] { #expect(!takes(uri), "\(uri)") }
        #expect(!gateway.isStream(TestGateway.head("/api/tasks/stream", method: .POST)))
    }

    @Test func `what can't be understood or may not be seen is refused before a stream begins`() async throws {
        try await addPlan()
        for uri in ["/api/events/stream", "/api/tasks/stream"] {
            #expect(try await status(uri) == 200)
            #expect(try await status("\(uri)?board=plan&board=main") == 200)
            #expect(try await status("\(uri)?board=nope") == 404)
            #expect(try await status("\(uri)?board=plan", boards: ["main"]) == 403)
            #expect(try await status("\(uri)?boards=plan") == 400)
            #expect(try await status("\(uri)?snapshot=1") == 400)
            await #expect(throws: Problem.self) { _ = try await request(uri, "not.a.token") }
        }
        #expect(try await status("/api/events/stream?types=task.*&since=4") == 200)
        #expect(try await status("/api/events/stream?types=,") == 400)
        for query in ["limit=0", "limit=201", "limit=x", "mode=diff", "mode=", "since=1"] {
            #expect(try await status("/api/tasks/stream?\(query)") == 400, "\(query)")
        }
        #expect(try await status("/api/tasks/stream/none%5Fyet?limit=200&mode=full") == 200)
        for name in ["A", "a.b", "%00", "%", "%2F", String(repeating: "a", count: 65)] {
            #expect(try await status("/api/tasks/stream/\(name)") == 404, "\(name)")
        }
    }

    // MARK: Events by number

    @Test func `events come with their numbers, from the head on`() async throws {
        try await gateway.addTasks(2)
        let feed = try await open("/api/events/stream")
        try await gateway.addTasks(2)
        let text = try await feed.text(until: #""seq":4"#)
        #expect(text.contains("retry: "))
        #expect(text.contains("\nid: 2\n\n"), "where it begins, without an event")
        #expect(text.contains("\r\nid: 3\ndata: {\"type\":\"task.created\",\"seq\":3,"))
        #expect(text.contains("\r\nid: 4\ndata: {\"type\":\"task.created\",\"seq\":4,"))
        #expect(!text.contains(#""seq":2,"#))
        #expect(!text.contains("connection.established"))
        #expect(!text.contains("presence"))
    }

    @Test func `a number resumes behind it, and so does a cursor in full`() async throws {
        try await gateway.addTasks(4)
        for (uri, header) in [
            ("/api/events/stream?since=2", nil), ("/api/events/stream?since=1", "2"),
            ("/api/events/stream", "2-\(gateway.epoch)"), ("/api/events/stream?since=2", ""),
        ] {
            let text = try await open(uri, lastEventID: header).text(until: #""seq":4"#)
            #expect(text.contains(#""seq":3,"#))
            #expect(!text.contains(#""seq":2,"#))
        }
        let all = try await open("/api/events/stream?since=0").text(until: #""seq":4"#)
        #expect(all.contains(#""seq":1,"#))
    }

    @Test(
        arguments: [
            ("9", "cursor_ahead"), ("x", "cursor_malformed"), ("-1", "cursor_malformed"),
            ("2-00000000", "epoch_changed"),
        ])
    func `a number that can't be honoured is said, and the stream goes on from the head`(
        since: String, reason: String
    ) async throws {
        try await gateway.addTasks(2)
        let feed = try await open("/api/events/stream?since=\(since)")
        let text = try await feed.text(until: "stream.resync")
        #expect(text.contains("\r\nid: 2\ndata: {\"type\":\"stream.resync\",\"reason\":\"\(reason)\""))
        try await gateway.addTasks(1)
        #expect(try await feed.text(until: #""seq":3"#).contains("id: 3\n"))
    }

    @Test func `filters and tenants hold`() async throws {
        try await addPlan()
        let plan = try await open("/api/events/stream?board=plan&types=task.created")
        let other = try await open("/api/events/stream", tenant: "globex")
        let limited = try await open("/api/events/stream", boards: ["plan"])
        try await gateway.addTasks(1)
        try await addGenerated("here")
        for feed in [plan, limited] {
            let text = try await feed.text(until: #""name":"here""#)
            #expect(!text.contains("task 1"))
        }
        #expect(try await !other.text.contains("data:"))
    }

    // MARK: Tasks of a status

    @Test func `a drawer is told the list, then what becomes of it`() async throws {
        try await addPlan()
        try await addGenerated("old")
        let drawer = try await open("/api/tasks/stream")
        var text = try await drawer.text(until: #""type":"init""#)
        #expect(text.contains(#"data: {"type":"connected","timestamp":\#(TestGateway.now.milliseconds)}"#))
        #expect(text.contains(#""name":"old""#))
        try await addGenerated("new")
        text = try await drawer.text(until: "notification")
        #expect(text.contains(#""count":2,"newTasksCount":1,"timestamp":\#(TestGateway.now.milliseconds)}"#))
        let message = #"{"type":"notification","message":"1 new task generated","severity":"info","timestamp":"#
        #expect(text.contains(message))
        #expect(!text.contains("event:"))
        #expect(!text.contains("id: "))
    }

    @Test func `a status, a board, a limit and a mode of one's own`() async throws {
        try await addPlan()
        try await addPlan("side")
        for name in ["p1", "p2", "p3"] { try await addGenerated(name) }
        try await addGenerated("s1", board: "side")
        let plan = try await open("/api/tasks/stream/generated?board=plan&limit=2&mode=delta")
        #expect(try await plan.text(until: #""type":"init""#).contains(#""count":2"#))
        let inbox = try await open("/api/tasks/stream/inbox")
        #expect(try await inbox.text(until: #""type":"init""#).contains(#""tasks":[],"count":0"#))
        try await addGenerated("p4")
        let text = try await plan.text(until: "notification")
        #expect(text.contains(#"{"type":"delta","added":[{"id":5,"#))
        #expect(text.contains(#""changed":[],"removed":[2]"#))
        #expect(!text.contains("s1") && !text.contains("p1"))
    }

    @Test func `a drawer shows what its token may see, and nothing of another tenant`() async throws {
        try await addPlan()
        try await addPlan("side")
        try await addGenerated("hidden", board: "side")
        let limited = try await open("/api/tasks/stream", boards: ["plan"])
        let other = try await open("/api/tasks/stream", tenant: "globex")
        for drawer in [limited, other] {
            #expect(try await drawer.text(until: #""type":"init""#).contains(#""count":0"#))
        }
        try await addGenerated("hidden too", board: "side")
        try await addGenerated("seen")
        let text = try await limited.text(until: "notification")
        #expect(text.contains(#""name":"seen""#) && !text.contains("hidden"))
        #expect(try await !other.text.contains("seen"))
    }
}
