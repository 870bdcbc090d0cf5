import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct MethodTests {
    private static let paths: [(String, Set<String>)] = [
        ("/api/boards", ["GET", "HEAD", "POST"]), ("/api/boards/plan", ["GET", "HEAD", "PATCH", "DELETE"]),
        ("/api/boards/plan/snapshot", ["GET", "HEAD"]), ("/api/boards/plan/presence", ["GET", "HEAD"]),
        ("/api/boards/plan/typing", ["POST"]), ("/api/tasks", ["GET", "HEAD", "POST", "QUERY"]),
        ("/api/tasks/1", ["GET", "HEAD", "PATCH", "DELETE"]), ("/api/tasks/1/move", ["POST"]),
        ("/api/jobs", ["GET", "HEAD", "POST", "QUERY"]), ("/api/jobs/1", ["GET", "HEAD", "PATCH"]),
        ("/api/import", ["POST"]), ("/api/boards/plan/export", ["GET", "HEAD", "QUERY"]),
        ("/api/jobs/1/cancel", ["POST"]), ("/api/events", ["GET", "HEAD", "QUERY"]),
        ("/api/publish", ["POST"]), ("/sse/stats", ["GET", "HEAD", "QUERY"]), ("/healthz", ["GET", "HEAD"]),
        ("/readyz", ["GET", "HEAD"]), ("/api/session", ["GET", "HEAD", "POST", "DELETE"]), ("/sse/ticket", ["POST"]),
        ("/api/revocations", ["GET", "HEAD", "POST", "QUERY"]), ("/api/audit", ["GET", "HEAD", "QUERY"]),
    ]

    @Test(arguments: paths)
    func `what a path does not take is 405, with what it takes`(path: String, takes: Set<String>) async throws {
        let gateway = try await TestGateway.furnished()
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"]
        where !takes.contains(method) {
            let answer = try await gateway.call(try #require(.init(rawValue: method)), path, "admin")
            #expect(answer.status == 405, "\(method)")
            #expect(answer.code == (method == "HEAD" ? nil : "method_not_allowed"))
            let allow = answer.headers[.allow]?.split(separator: ",").map { String($0.drop { $0 == " " }) } ?? []
            #expect(Set(allow) == takes, "\(method)")
            #expect((answer.headers[.acceptQuery] != nil) == takes.contains("QUERY"))
        }
        let options = try await gateway.call(.options, path, as: nil)
        #expect(options.status == 204 && options.bytes.isEmpty)
        #expect(Set(options.headers[.allow]?.split(separator: ", ").map(String.init) ?? []) == takes)
        #expect((options.headers[.acceptQuery] != nil) == takes.contains("QUERY"))
        #expect(try await gateway.head() == 2)
    }

    /// RFC 9110 §9.1: 501 for a method that is not known, 405 for one that is not taken; the thing itself is there.
    @Test(arguments: ["PROPFIND", "QUERY", "get"])
    func `a method that nobody knows does not make a thing disappear`(method: String) async throws {
        let answer = try await TestGateway().call(try #require(.init(rawValue: method)), "/api/tasks", "admin")
        #expect([405, 501].contains(answer.status))
    }

    @Test func `the stream's path takes GET, and says so`() async throws {
        let gateway = try TestGateway()
        for method: HTTPRequest.Method in [.post, .put, .patch, .delete] {
            let answer = try await gateway.call(method, "/sse/connect", "admin")
            #expect(answer.status == 405)
            #expect(answer.headers[.allow]?.contains("GET") == true)
        }
    }

    @Test(arguments: [
        "/", "/api", "/api/", "/api/nothing", "/api/tasks/1/moves", "/api/tasks/1/move/2", "/api/tasks/1/2",
        "/api/boards/plan/snapshots",
        "/api/boards/plan/snapshot/x", "/api/Tasks", "/API/tasks", "/sse", "/sse/", "/sse/connected", "/healthz/x",
        "/.env", "/*", "/:id",
        "/api/:id", "/api/*", "/api/tasks%2F1", "/api%2Ftasks",
    ])
    func `a path that is not there is 404 for everybody alike`(path: String) async throws {
        let gateway = try await TestGateway.furnished()
        let admin = try await gateway.call(.get, path, "admin")
        #expect(admin.status == 404)
        #expect(admin.code == "not_found")
        #expect(try await gateway.call(.get, path, as: nil).withoutRequestID == admin.withoutRequestID)
        #expect(try await gateway.call(.post, path, "admin", "{}").status == 404)
    }
}

@Suite struct ProblemTests {
    @Test(
        arguments: [
            (HTTPRequest.Method.get, "/nowhere", nil, 404), (.get, "/api/tasks?x=1", nil, 400),
            (.post, "/api/tasks", "{", 400), (.post, "/api/tasks", "{}", 400),
            (.put, "/api/tasks", nil, 405), (.get, "/api/tasks/9", nil, 404), (.get, "/sse/stats", nil, 403),
            (.post, "/api/boards", #"{"id":"a"}"#, 403),
        ] as [(HTTPRequest.Method, String, String?, Int)])
    func `a refusal is a problem as RFC 9457 has it`(
        method: HTTPRequest.Method, path: String, body: String?, status: Int
    ) async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(method, path, nil, body)
        #expect(answer.status == status)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        let names = try answer.object.members.map(\.name)
        #expect(names.prefix(6) == ["type", "title", "status", "detail", "code", "requestId"])
        #expect(answer["type"]?.string == "urn:boardcast:problem:\(answer.code ?? "")")
        #expect(answer["title"]?.string?.isEmpty == false)
        #expect(answer["status"]?.int == status)
        #expect(answer["detail"]?.string?.isEmpty == false)
        #expect(answer["requestId"]?.string == answer.headers[.xRequestID])
    }

    @Test func `every answer has a request id of its own, which is not the client's`() async throws {
        let gateway = try TestGateway()
        var ids: Set<String> = []
        for path in ["/api/tasks", "/api/boards", "/nowhere", "/healthz", "/api/tasks/9"] {
            for _ in 0..<3 {
                let answer = try await gateway.call(.get, path, headers: [.xRequestID: "forged\u{E9}"])
                let id = try #require(answer.headers[.xRequestID])
                #expect(!id.contains("forged"))
                ids.insert(id)
            }
        }
        #expect(ids.count == 15)
    }

    @Test func `a HEAD request gets the head of what GET gets`() async throws {
        let gateway = try await TestGateway.furnished()
        for path in ["/api/tasks", "/api/tasks/1", "/api/boards/plan/snapshot", "/api/events", "/healthz"] {
            let (get, head) = (try await gateway.call(.get, path), try await gateway.call(.head, path))
            #expect(head.status == get.status)
            #expect(head.bytes.isEmpty)
            #expect(head.headers[.contentType] == get.headers[.contentType])
            #expect(head.headers[.eTag] == get.headers[.eTag])
        }
    }
}
