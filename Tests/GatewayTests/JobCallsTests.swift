import Boards
import Events
import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct JobCallsTests {
    private let gateway: TestGateway

    init() throws { gateway = try TestGateway() }

    /// As ann, a member, unless told otherwise.
    private func make(_ body: String = #"{"name":"Import"}"#, as token: String? = nil) async throws -> String {
        let answer = try await gateway.call(.post, "/api/jobs", as: try token ?? TestGateway.token(), body)
        try #require(answer.status == 202)
        return try #require(answer["job"]?.object?["id"]?.string)
    }

    private func report(_ id: String, _ body: String, as token: String? = nil) async throws -> Answer {
        try await gateway.call(.patch, "/api/jobs/\(id)", as: try token ?? TestGateway.token(), body)
    }

    @Test func `a job is taken with 202, where it is, and as it is`() async throws {
        let answer = try await gateway.call(
            .post, "/api/jobs", nil, #"{"name":"Import","boardId":"main","input":{"rows":[1.50]}}"#)
        #expect(answer.status == 202 && answer["seq"]?.int == 1)
        let job = try #require(answer["job"]?.object)
        let id = try #require(job["id"]?.string)
        #expect(answer.headers[.location] == "/api/jobs/\(id)")
        #expect(JobID(id) != nil)
        #expect(job["status"]?.string == "queued" && job["progress"]?.int == 0 && job["createdBy"]?.string == "ann")
        #expect(job["boardId"]?.string == "main" && job["createdAt"]?.string == "2026-01-15T10:30:00.000Z")
        for name in ["message", "result", "error", "details"] { #expect(job[name] == .null) }
        #expect(try await gateway.call(.get, "/api/jobs/\(id)").object == job)
    }

    @Test func `a job goes from report to report to its end`() async throws {
        let id = try await make()
        #expect(try await report(id, #"{"status":"processing","progress":40}"#).status == 200)
        let done = try await report(id, #"{"status":"completed","result":{"rows":2}}"#)
        #expect(done["job"]?.object?["progress"]?.int == 100 && done["seq"]?.int == 3)
        let again = try await report(id, #"{"status":"completed","result":{"rows":2}}"#)
        #expect(again.status == 200 && again["job"] == done["job"])
        #expect(
            try await gateway.call(.get, "/api/events").events.compactMap { $0["type"]?.string }
                == ["job.created", "job.progress", "job.completed"])
    }

    @Test(arguments: [
        (#"{"progress":39}"#, "progress never falls: the job is at 40, not at 39"),
        (#"{"status":"queued"}"#, "the job has begun and can't be queued again"),
    ])
    func `a report that can't be is 409 and says why`(body: String, reason: String) async throws {
        let id = try await make()
        _ = try await report(id, #"{"progress":40}"#)
        let answer = try await report(id, body)
        #expect(answer.status == 409 && answer.code == "conflict")
        #expect(answer["detail"]?.string?.contains(reason) == true)
    }

    @Test func `a report on a finished job is 409, and so is cancelling what is completed`() async throws {
        let id = try await make()
        _ = try await report(id, #"{"status":"completed"}"#)
        for answer in [
            try await report(id, #"{"message":"x"}"#), try await gateway.call(.post, "/api/jobs/\(id)/cancel"),
        ] {
            #expect(answer.status == 409)
            #expect(answer["detail"]?.string?.contains("the job is completed, which is final") == true)
        }
    }

    @Test func `a cancelled job is told as failed, once`() async throws {
        let id = try await make()
        for _ in 0..<2 {
            let answer = try await gateway.call(.post, "/api/jobs/\(id)/cancel")
            #expect(answer.status == 200 && answer["job"]?.object?["status"]?.string == "cancelled")
        }
        let events = try await gateway.call(.get, "/api/events").events
        #expect(events.compactMap { $0["type"]?.string } == ["job.created", "job.failed"])
        #expect(events.last?["job"]?.object?["error"]?.string == "cancelled")
    }

    @Test(
        arguments: [
            (nil, "bob", 403, "job_forbidden"), ("viewer", "bob", 403, "role_forbidden"),
            ("viewer", "ann", 403, "role_forbidden"), (nil, "ann", 200, nil), ("service", "robot", 200, nil),
            ("admin", "root", 200, nil),
        ] as [(String?, String, Int, String?)])
    func `creators, services and administrators report and cancel, nobody else`(
        role: String?, user: String, status: Int, code: String?
    ) async throws {
        let id = try await make()
        let token = try TestGateway.token(role, user: user)
        let reported = try await report(id, #"{"progress":1}"#, as: token)
        #expect(reported.status == status && reported.code == code)
        let cancelled = try await gateway.call(.post, "/api/jobs/\(id)/cancel", as: token)
        #expect(cancelled.status == status && cancelled.code == code)
        #expect(try await gateway.call(.get, "/api/jobs/\(id)", as: token).status == 200)
    }

    @Test func `who does not see a job is told that there is none, whatever is asked`() async throws {
        try await gateway.addBoard("plan")
        let id = try await make(#"{"name":"secret","boardId":"plan"}"#)
        let nothing = String(repeating: "0", count: 32)
        let calls: [(HTTPRequest.Method, String, String?)] = [
            (.get, "", nil), (.patch, "", #"{"progress":1}"#), (.post, "/cancel", nil),
        ]
        for token in [
            try TestGateway.token("admin", tenant: "other"), try TestGateway.token("admin", tenant: "ACME"),
            try TestGateway.token("admin", user: "bob", boards: ["main"]),
        ] {
            for (method, suffix, body) in calls {
                let theirs = try await gateway.call(method, "/api/jobs/\(id)\(suffix)", as: token, body)
                let none = try await gateway.call(method, "/api/jobs/\(nothing)\(suffix)", as: token, body)
                #expect(theirs.status == 404 && theirs.withoutRequestID == none.withoutRequestID)
            }
            #expect(try await gateway.call(.get, "/api/jobs", as: token).items.isEmpty)
        }
        for path in ["/api/jobs/1", "/api/jobs/\(id.uppercased())", "/api/jobs/\(id)%00", "/api/jobs/x"] {
            #expect(try await gateway.call(.get, path).status == 404)
        }
        for (method, suffix, body) in calls {
            #expect(try await gateway.call(method, "/api/jobs/\(id)\(suffix)", as: nil, body).status == 401)
        }
    }

    @Test func `a list is newest first, in pages that link to the next`() async throws {
        for number in 1...3 { _ = try await make(#"{"name":"\#(number)","boardId":"main"}"#) }
        let first = try await gateway.call(.get, "/api/jobs?limit=2&board=main&status=queued")
        #expect(first.items.compactMap { $0["name"]?.string } == ["3", "2"])
        let next = try #require(first["next"]?.string)
        #expect(first.headers[.link]?.contains("</api/jobs?limit=2&board=main&status=queued&cursor=\(next)>") == true)
        let last = try await gateway.call(.get, "/api/jobs?limit=2&cursor=\(next)")
        #expect(last.items.compactMap { $0["name"]?.string } == ["1"] && last["next"] == .null)
        #expect(last.headers[.link] == nil)
        #expect(try await gateway.call(.get, "/api/jobs?status=failed").items.isEmpty)
    }

    @Test(arguments: ["status=done", "limit=0", "limit=201", "cursor=-1", "cursor=x", "q=a", "board=a&board=b"])
    func `a list that is asked for in another way is 400`(query: String) async throws {
        #expect(try await gateway.call(.get, "/api/jobs?\(query)").status == 400)
    }

    @Test func `a job of a board that is not there is 404, and of one that the token is not good for 403`() async throws
    {
        #expect(try await gateway.call(.post, "/api/jobs", nil, #"{"name":"a","boardId":"nope"}"#).status == 404)
        let token = try TestGateway.token(boards: ["plan"])
        #expect(
            try await gateway.call(.post, "/api/jobs", as: token, #"{"name":"a","boardId":"main"}"#).status == 403)
        #expect(try await gateway.call(.post, "/api/jobs", as: token, #"{"name":"a"}"#).status == 202)
    }

    @Test func `the same key makes one job`() async throws {
        let headers: HTTPFields = [.idempotencyKey: "k"]
        let first = try await gateway.call(.post, "/api/jobs", nil, #"{"name":"a"}"#, headers: headers)
        let second = try await gateway.call(.post, "/api/jobs", nil, #"{"name":"a"}"#, headers: headers)
        #expect(first["job"] == second["job"] && second.status == 202)
        #expect(
            try await gateway.call(.post, "/api/jobs", nil, #"{"name":"b"}"#, headers: headers).status == 422)
        #expect(try await gateway.head() == 1)
    }
}
