import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct BoardCallsTests {
    @Test func `every tenant has the board main from the beginning`() async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.get, "/api/boards", "viewer")
        #expect(answer.status == 200)
        #expect(answer.items.compactMap { $0["id"]?.string } == ["main"])
        #expect(
            answer.items.first?["statuses"]?.array?.compactMap(\.string) == ["inbox", "in_progress", "review", "done"])
        #expect(answer["next"]?.isNull == true)
        let main = try await gateway.call(.get, "/api/boards/main")
        #expect(main.status == 200)
        #expect(main.headers[.eTag] == "\"1-00000000\"")
        #expect(try main.object == answer.items.first)
        #expect(try await gateway.head() == 0)
    }

    @Test func `an admin makes a board, changes it and takes it away`() async throws {
        let gateway = try TestGateway()
        let made = try await gateway.call(
            .post, "/api/boards", "admin", #"{"id":"plan","name":"Plan","statuses":["a","b"]}"#)
        #expect(made.status == 201)
        #expect(made.headers[.location] == "/api/boards/plan")
        #expect(made.headers[.eTag] == "\"1-\(gateway.epoch)\"")
        #expect(made["seq"]?.int == 1)
        #expect(made.board?["name"]?.string == "Plan")
        let changed = try await gateway.call(
            .patch, "/api/boards/plan", "admin", #"{"name":"Plan B","statuses":["b","c"]}"#,
            headers: [.contentType: "application/merge-patch+json"])
        #expect(changed.status == 200)
        #expect(changed.headers[.eTag] == "\"2-\(gateway.epoch)\"")
        #expect(changed.board?["statuses"]?.array?.compactMap(\.string) == ["b", "c"])
        let gone = try await gateway.call(.delete, "/api/boards/plan", "admin")
        #expect(gone.status == 204)
        #expect(gone.headers[.boardcastSeq] == "3")
        #expect(gone.bytes.isEmpty)
        #expect(try await gateway.call(.get, "/api/boards/plan").status == 404)
        let events = try await gateway.call(.get, "/api/events").events
        #expect(events.compactMap { $0["type"]?.string } == ["board.created", "board.updated", "board.deleted"])
    }

    @Test func `a board with an id alone is named after it and has the usual statuses`() async throws {
        let made = try await TestGateway().call(.post, "/api/boards", "admin", #"{"id":"plan"}"#)
        #expect(made.board?["name"]?.string == "plan")
        #expect(made.board?["statuses"]?.array?.compactMap(\.string) == ["inbox", "in_progress", "review", "done"])
    }

    @Test func `deleting a board deletes its tasks, and one event says so`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        try await gateway.addTasks(2, on: "plan")
        let head = try await gateway.head()
        #expect(try await gateway.call(.delete, "/api/boards/plan", "admin").status == 204)
        #expect(try await gateway.head() == head + 1)
        #expect(try await gateway.call(.get, "/api/tasks/1").status == 404)
    }

    @Test(arguments: [
        ("{}", ["/id"]), (#"{"id":"Plan"}"#, ["/id"]), (#"{"id":""}"#, ["/id"]), (#"{"id":null}"#, ["/id"]),
        (#"{"id":"a","name":""}"#, ["/name"]),
        (#"{"id":"a","statuses":[]}"#, ["/statuses"]),
        (#"{"id":"a","statuses":["a","A b","a"]}"#, ["/statuses/1", "/statuses/2"]),
        (#"{"id":"a","version":1}"#, ["/version"]), (#"{"id":"a","tasks":[]}"#, ["/tasks"]),
        (#"{"id":"a","statuses":"a"}"#, ["/statuses"]),
    ])
    func `a board that can't be made is refused with a pointer to each reason`(body: String, pointers: [String])
        async throws
    {
        let answer = try await TestGateway().call(.post, "/api/boards", "admin", body)
        #expect(answer.status == 400)
        #expect(answer.code == "invalid")
        #expect(answer.pointers.sorted() == pointers.sorted())
    }

    @Test(arguments: [
        (#"{"id":"b"}"#, "/id"), (#"{"name":null}"#, "/name"), (#"{"version":2}"#, "/version"), (#"{"x":1}"#, "/x"),
    ])
    func `a board's patch that can't be applied is refused with a pointer`(body: String, pointer: String) async throws {
        let answer = try await TestGateway().call(.patch, "/api/boards/main", "admin", body)
        #expect(answer.status == 400)
        #expect(answer.pointers == [pointer])
    }

    @Test func `what can't be done now is a conflict`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(1)
        for (method, path, body) in [
            (HTTPRequest.Method.post, "/api/boards", #"{"id":"main"}"#), (.delete, "/api/boards/main", nil),
            (.patch, "/api/boards/main", #"{"statuses":["done"]}"#),
        ] as [(HTTPRequest.Method, String, String?)] {
            let answer = try await gateway.call(method, path, "admin", body)
            #expect(answer.status == 409)
            #expect(answer.code == "conflict")
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
        #expect(try await gateway.head() == 1)
    }

    @Test func `a snapshot is the board, its tasks and the place in the log that they are true at`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(3)
        _ = try await gateway.call(.patch, "/api/tasks/1", nil, #"{"status":"done"}"#)
        let answer = try await gateway.call(.get, "/api/boards/main/snapshot", "viewer")
        #expect(answer.status == 200)
        #expect(try answer.object.members.map(\.name) == ["board", "tasks", "cursor"])
        #expect(answer.board?["id"]?.string == "main")
        #expect(answer["tasks"]?.array?.compactMap { $0.object?["id"]?.int } == [2, 3, 1])
        let cursor = try #require(answer["cursor"]?.string)
        #expect(cursor == "4-\(gateway.epoch)")
        #expect(answer.headers[.eTag] == "\"\(cursor)\"")
        _ = try await gateway.call(.delete, "/api/tasks/2")
        let after = try await gateway.call(.get, "/api/events?since=\(cursor)")
        #expect(after.events.compactMap { $0["seq"]?.int } == [5])
    }

    @Test(arguments: [
        "Main", "MAIN", "ma_in", "..", "%2e%2e", "main%00", "main;x", "nothing", "main%2Fsnapshot", "m%C3%A1in",
    ])
    func `what is no board's id is no board`(id: String) async throws {
        let gateway = try TestGateway()
        #expect(try await gateway.call(.get, "/api/boards/\(id)", "admin").status == 404)
        #expect(try await gateway.call(.get, "/api/boards/\(id)/snapshot", "admin").status == 404)
        #expect(try await gateway.call(.delete, "/api/boards/\(id)", "admin").status == 404)
        #expect(try await gateway.call(.patch, "/api/boards/\(id)", "admin", "{}").status == 404)
    }

    @Test func `a token for one board may have nothing of another`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        let token = try TestGateway.token("admin", boards: ["plan"])
        #expect(
            try await gateway.call(.get, "/api/boards", as: token).items.compactMap { $0["id"]?.string } == ["plan"])
        for path in ["/api/boards/main", "/api/boards/main/snapshot"] {
            #expect(try await gateway.call(.get, path, as: token).status == 403)
        }
        #expect(try await gateway.call(.get, "/api/boards/nothing", as: token).status == 404)
        #expect(try await gateway.call(.patch, "/api/boards/main", as: token, "{}").status == 403)
        #expect(try await gateway.call(.delete, "/api/boards/main", as: token).status == 403)
        #expect(try await gateway.call(.post, "/api/boards", as: token, #"{"id":"more"}"#).status == 403)
        #expect(try await gateway.call(.get, "/api/boards/plan", as: token).status == 200)
    }
}
