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
        _ file: String, type: String? = "text/csv", board: String = "main", lists: String? = nil,
        as token: String? = nil, key: String? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        if let key { headers[.idempotencyKey] = key }
        return try await gateway.call(
            .post, "/api/import?board=\(board)" + (lists.map { "&lists=\($0)" } ?? ""),
            as: try token ?? TestGateway.token(), file, headers: headers, isTyped: false)
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

    @Test func `a row without a name is told by its number, values by field, and the rest is written`() async throws {
        try await importing {
            let file =
                "name,priority,status,due,labels\na,low,Done,,\n,,,,\nb,asap,,tomorrow,\nc,asap,Someday,01/15/2026,\n"
            let done = try await end(of: try await send(file))
            let result = try #require(done["result"]?.object)
            #expect(result["created"]?.int == 3 && result["bad"]?.int == 1 && result["rows"]?.int == 4)
            #expect(result["badRows"]?.array?.compactMap { $0.object?["row"]?.int } == [3])
            func list(_ name: String) -> JSONValue? { result[name] }
            #expect(
                list("unknownStatuses")
                    == (try JSONParser.parse(Array(#"[{"status":"Someday","tasks":1,"rows":[5]}]"#.utf8))))
            #expect(
                list("unknownPriorities")
                    == (try JSONParser.parse(Array(#"[{"priority":"asap","tasks":2,"rows":[4,5]}]"#.utf8))))
            #expect(
                list("unknownDates")
                    == (try JSONParser.parse(Array(#"[{"date":"tomorrow","tasks":1,"rows":[4]}]"#.utf8))))
            #expect(result["encoding"]?.string == "utf-8" && result["leftOut"] == .object(JSONObject()))
            #expect(try await names() == ["b", "c", "a"])
        }
    }

    @Test(arguments: [
        "text/plain", "application/octet-stream", "application/vnd.ms-excel", "application/x-www-form-urlencoded",
        "application/json", "text/csv; charset=windows-1252", "nonsense", nil,
    ])
    func `a file is told by its content, whatever its type`(type: String?) async throws {
        try await importing {
            for file in ["Name;Status\nA;Done\n", #"{"tasks":[{"name":"A","status":"done"}]}"#] {
                let done = try await end(of: try await send(file, type: type))
                #expect(done["result"]?.object?["created"]?.int == 1)
            }
            #expect(try await names() == ["A", "A"])
        }
    }

    @Test func `the first file of a form is taken`() async throws {
        let type = "multipart/form-data; boundary=\"a b\""
        let head =
            "--a b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nwords\r\n--a b\r\n"
            + "content-disposition: form-data; name=file; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n"
        try await importing {
            let done = try await end(of: try await send(head + "Name\r\nA\r\n--a\r\n\r\n--a b--\r\n", type: type))
            #expect(done["result"]?.object?["created"]?.int == 2)
            #expect(try await names() == ["A", "--a"])
            let again = try await send(head + "Name\nB\r\n--a b\r\nmore\r\n\r\nx\r\n--a b--", type: type)
            #expect(try await end(of: again)["result"]?.object?["created"]?.int == 1)
        }
        for (body, type) in [
            ("", type), (head, type), (head + "Name\nA\n", type), ("--a b--", type), ("x--a b", type),
            (head + "Name\nA\r\n--a b--", "multipart/form-data"),
            (head + "Name\nA\r\n--a b--", "multipart/form-data; boundary=" + String(repeating: "x", count: 71)),
            ("--a b\r\nContent-Disposition: form-data; name=a\r\n\r\nName\nA\r\n--a b--", type),
            ("--a b\r\nX: " + String(repeating: "x", count: 9000) + "\r\n\r\n\r\n--a b--", type),
            (
                "--a b\r\nContent-Disposition: form-data; filename=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                    + "TmFtZQpBCg==\r\n--a b--", type
            ),
        ] {
            let answer = try await send(body, type: type)
            #expect(answer.status == 400 && answer.code == "invalid_file", "\(body.prefix(80))")
        }
    }

    @Test func `a file's lists become columns when an admin says so, each once`() async throws {
        let file = "Title,Status\nA,Ideas\nB,done\nC,購物\nD,Ideas\n"
        let admin = try TestGateway.token("admin")
        try await importing {
            #expect(try await send(file, lists: "create").status == 403)
            #expect(try await send(file, lists: "create", as: try TestGateway.token("service")).status == 403)
            #expect(try await send(file, lists: "make", as: admin).status == 400)
            let matched = try await end(of: try await send(file, lists: "match"))
            #expect(matched["result"]?.object?["unknownStatuses"]?.array?.count == 2)
            let done = try await end(of: try await send(file, lists: "create", as: admin, key: "k"))
            let added = done["result"]?.object?["addedColumns"]?.array?.compactMap { $0.object?["id"]?.string } ?? []
            try #require(added.count == 2 && added[0] == "ideas")
            #expect(done["result"]?.object?["unknownStatuses"]?.array?.isEmpty == true)
            #expect(try await send(file, lists: "match", as: admin, key: "k").code == "idempotency_key_reused")
            let board = try await gateway.call(.get, "/api/boards/main")
            let statuses = board["statuses"]?.array?.compactMap(\.string)
            #expect(statuses == ["inbox", "in_progress", "review", "done"] + added)
            let again = try await end(of: try await send(file, lists: "create", as: admin))
            #expect(again["result"]?.object?["addedColumns"]?.array?.isEmpty == true)
            let tasks = try await gateway.call(.get, "/api/tasks?status=\(added[1])").items
            #expect(tasks.compactMap { $0["name"]?.string } == ["C", "C"])
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
            (#"{"tasks":[}"#, "application/json"), ("PK\u{3}\u{4}", "text/csv"),
        ] {
            let answer = try await send(file, type: type)
            #expect(answer.status == 400 && answer.code == "invalid_file", "\(file)")
        }
        #expect(try await send("a", type: "text/plain").code == "invalid_file")
        #expect(try await send(lines(1), board: "nada").status == 404)
        #expect(try await send(lines(1), board: "No").status == 404)
        #expect(try await send(lines(1), as: try TestGateway.token("viewer")).status == 403)
        #expect(try await send(lines(1), as: try TestGateway.token(boards: ["plan"])).status == 403)
        #expect(try await gateway.head() == 0)
        #expect(try await send(lines(1)).status == 202)
    }

    @Test func `a file that is longer than it may be is refused, and one as long as that is taken`() async throws {
        var settings = GatewaySettings()
        settings.maxImportBytes = 2000
        let small = try TestGateway(settings)
        let lines = "name\n" + String(repeating: "a\n", count: 997) + "b"
        for (file, status) in [(lines, 202), (lines + "c", 413)] {
            let answer = try await small.call(
                .post, "/api/import", as: try TestGateway.token(), file, headers: [.contentType: "text/csv"])
            #expect(answer.status == status)
        }
        let form = "--x\r\nContent-Disposition: form-data; filename=a\r\n\r\n"
        for (file, status) in [(lines, 202), (lines + "c", 413)] {
            let answer = try await small.call(
                .post, "/api/import", as: try TestGateway.token(tenant: "other"), form + file + "\r\n--x--",
                headers: [.contentType: "multipart/form-data; boundary=x"])
            #expect(answer.status == status)
        }
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
