import Boards
import Events
import HTTPTypes
import Imports
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

@Suite struct ImportCallsTests {
    private let gateway: TestGateway

    init() throws { gateway = try TestGateway() }

    private func send(
        _ file: String, type: String = "text/csv", board: String = "main", as token: String? = nil, key: String? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [.contentType: type]
        if let key { headers[.idempotencyKey] = key }
        return try await gateway.call(
            .post, "/api/import?board=\(board)", as: try token ?? TestGateway.token(), file, headers: headers)
    }

    /// Runs the imports while `body` does, and gives them up then.
    private func importing<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        let running = Task { try await gateway.imports.run() }
        defer { running.cancel() }
        return try await body()
    }

    /// The job, once it has come to its end.
    private func end(of answer: Answer) async throws -> JSONObject {
        let path = try #require(answer.headers[.location])
        var job = JSONObject()
        #expect(
            try await comesTrue {
                job = try await gateway.call(.get, path).object
                return ["completed", "failed", "cancelled"].contains(job["status"]?.string)
            })
        return job
    }

    private func names() async throws -> [String] {
        let author = Principal(tenant: TenantID("acme")!, user: UserID("ann")!)
        return try await gateway.store.snapshot(of: .only([.main]), for: author).tasks.map(\.name)
    }

    private func fields(of board: String) async throws -> [[JSONValue?]] {
        let names = ["name", "description", "status", "priority", "assigneeId", "labels", "dueAt"]
        let tasks = try await gateway.call(.get, "/api/boards/\(board)/snapshot")["tasks"]?.array ?? []
        return tasks.map { task in names.map { task.object?[$0] } }
    }

    private func lines(_ count: Int) -> String { "name\n" + (1...count).map { "row \($0)\n" }.joined() }

    @Test func `a file is taken with 202 and its job, and becomes tasks in its order`() async throws {
        try await importing {
            let answer = try await send(lines(60))
            #expect(answer.status == 202)
            let job = try #require(answer["job"]?.object)
            #expect(answer.headers[.location] == "/api/jobs/\(job["id"]?.string ?? "")")
            #expect(job["boardId"]?.string == "main" && job["status"]?.string == "queued")
            let done = try await end(of: answer)
            #expect(done["status"]?.string == "completed" && done["progress"]?.int == 100)
            #expect(done["message"]?.string == "60 of 60 rows")
            #expect(try await names() == (1...60).map { "row \($0)" })
        }
        let types = try await gateway.call(.get, "/api/events?limit=1000").events.compactMap { $0["type"]?.string }
        #expect(types.count { $0 == "task.created" } == 60)
        #expect(types.first == "job.created" && types.last == "job.completed")
    }

    @Test func `bad rows are told by number and the rest is written`() async throws {
        try await importing {
            let done = try await end(of: try await send("name,priority,status\na,low,Done\n,,\nb,asap,\nc,,Someday\n"))
            let result = try #require(done["result"]?.object)
            #expect(result["created"]?.int == 2 && result["bad"]?.int == 2 && result["rows"]?.int == 4)
            #expect(result["badRows"]?.array?.compactMap { $0.object?["row"]?.int } == [3, 4])
            let unknown = try #require(result["unknownStatuses"]?.array?.first?.object)
            #expect(unknown["status"]?.string == "Someday" && unknown["tasks"]?.int == 1)
            #expect(try await names() == ["c", "a"])
        }
    }

    @Test func `the same key gives the same job, and another file under it is refused`() async throws {
        try await importing {
            let first = try await send(lines(30), key: "k")
            let done = try await end(of: first)
            let again = try await send(lines(30), key: "k")
            #expect(again.status == 202 && again["job"] == .object(done))
            #expect(try await send(lines(31), key: "k").code == "idempotency_key_reused")
            #expect(try await send(lines(30), key: String(repeating: "k", count: 129)).status == 400)
            #expect(try await names().count == 30)
            _ = try await end(of: try await send(lines(30), key: "other"))
            #expect(try await names().count == 60)
        }
    }

    @Test func `a tenant has two imports at once, and another has its own`() async throws {
        #expect(try await send(lines(1)).status == 202)
        #expect(try await send(lines(1)).status == 202)
        let third = try await send(lines(1))
        #expect(third.status == 429 && third.code == "imports_running" && third.headers[.retryAfter] == "5")
        #expect(try await send(lines(1), as: try TestGateway.token(tenant: "other")).status == 202)
    }

    @Test func `what is no file of tasks is refused, and leaves its slot`() async throws {
        for (file, type) in [
            ("", "text/csv"), ("status\n", "text/csv"), ("{}", "application/json"), ("[]", "application/json"),
            (#"{"tasks":[}"#, "application/json"),
        ] {
            let answer = try await send(file, type: type)
            #expect(answer.status == 400 && answer.code == "invalid_file", "\(file)")
        }
        #expect(try await send("a", type: "text/plain").status == 415)
        #expect(try await send(lines(1), board: "nada").status == 404)
        #expect(try await send(lines(1), board: "No").status == 404)
        #expect(try await send(lines(1), as: try TestGateway.token("viewer")).status == 403)
        #expect(try await send(lines(1), as: try TestGateway.token(boards: ["plan"])).status == 403)
        #expect(try await gateway.head() == 0)
        #expect(try await send(lines(1)).status == 202)
    }

    @Test func `an export is a file that an import takes, with nothing lost`() async throws {
        try await gateway.addBoard("copy")
        for body in [
            #"{"name":"=1+1","description":"a\r\n\"b\", c","labels":["x;y"," z "],"priority":"urgent","status":"done"}"#,
            #"{"name":"-","assigneeId":"bob","dueAt":"2026-02-01T12:00:00.123Z","status":"review"}"#,
            #"{"name":"'quoted","description":"\t"}"#, #"{"name":"last"}"#,
        ] { #expect(try await gateway.call(.post, "/api/tasks", nil, body).status == 201) }
        try await importing {
            for (format, type) in [("csv", "text/csv"), ("json", "application/json")] {
                let file = try await gateway.call(.get, "/api/boards/main/export?format=\(format)")
                #expect(file.headers[.contentType]?.hasPrefix(type) == true)
                #expect(file.headers[.contentDisposition] == "attachment; filename=\"main.\(format)\"")
                let done = try await end(of: try await send(file.text, type: type, board: "copy"))
                #expect(done["status"]?.string == "completed")
                let (copy, original) = (try await fields(of: "copy"), try await fields(of: "main"))
                #expect(copy == original && copy.count == 4)
                for task in try await gateway.call(.get, "/api/tasks?board=copy").items {
                    _ = try await gateway.call(.delete, "/api/tasks/\(try #require(task["id"]?.int))")
                }
            }
        }
        #expect(try await gateway.call(.get, "/api/boards/main/export?format=xml").status == 400)
        #expect(try await gateway.call(.get, "/api/boards/nada/export").status == 404)
    }
}
