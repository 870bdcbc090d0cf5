import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct IdempotencyTests {
    private func key(_ key: String) -> HTTPFields { [.idempotencyKey: key] }

    @Test func `the same key and body get the first answer, and nothing is done again`() async throws {
        let gateway = try TestGateway()
        let first = try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: key("k1"))
        let again = try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: key("k1"))
        #expect(first.status == 201)
        #expect(again.withoutRequestID == first.withoutRequestID)
        #expect(try await gateway.head() == 1)
        let event = try #require(try await gateway.call(.get, "/api/events").events.first)
        #expect(event["op"]?.string == "k1")
    }

    @Test(arguments: [
        #"{"priority":"low","name":"é"}"#, #" { "name" : "\u00e9", "priority" : "low" } "#,
        "\u{FEFF}{\"name\":\"é\",\"priority\":\"low\"}",
    ])
    func `the same values in other words get the first answer`(body: String) async throws {
        let gateway = try TestGateway()
        let first = try await gateway.call(
            .post, "/api/tasks", nil, #"{"name":"é","priority":"low"}"#, headers: key("k1"))
        let again = try await gateway.call(.post, "/api/tasks", nil, body, headers: key("k1"))
        #expect(again.withoutRequestID == first.withoutRequestID)
        #expect(try await gateway.head() == 1)
    }

    @Test func `every write takes a key`() async throws {
        let gateway = try TestGateway()
        try await gateway.addTasks(2)
        for (method, path, role, body) in [
            (.patch, "/api/tasks/1", nil, #"{"name":"b"}"#), (.post, "/api/tasks/1/move", nil, #"{"status":"done"}"#),
            (.delete, "/api/tasks/2", nil, nil), (.post, "/api/boards", "admin", #"{"id":"plan"}"#),
            (.patch, "/api/boards/plan", "admin", #"{"name":"P"}"#), (.delete, "/api/boards/plan", "admin", nil),
            (.post, "/api/publish", "service", #"{"type":"a.b","data":1}"#),
        ] as [(HTTPRequest.Method, String, String?, String?)] {
            let first = try await gateway.call(method, path, role, body, headers: key("\(method) \(path)"))
            let head = try await gateway.head()
            let again = try await gateway.call(method, path, role, body, headers: key("\(method) \(path)"))
            #expect(200..<300 ~= first.status, "\(method) \(path)")
            #expect(again.withoutRequestID == first.withoutRequestID, "\(method) \(path)")
            #expect(try await gateway.head() == head, "\(method) \(path)")
        }
    }

    @Test(
        arguments: [
            (HTTPRequest.Method.post, "/api/tasks", #"{"name":"b"}"#),
            (.post, "/api/tasks", #"{"name":"a","labels":[]}"#),
            (.patch, "/api/tasks/1", #"{"name":"a"}"#),
            (.post, "/api/tasks/1/move", #"{"status":"done"}"#), (.delete, "/api/tasks/1", nil),
        ] as [(HTTPRequest.Method, String, String?)])
    func `the same key for another write is refused`(method: HTTPRequest.Method, path: String, body: String?)
        async throws
    {
        let gateway = try TestGateway()
        _ = try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: key("k1"))
        let answer = try await gateway.call(method, path, nil, body, headers: key("k1"))
        #expect(answer.status == 422)
        #expect(answer.code == "idempotency_key_reused")
        #expect(try await gateway.head() == 1)
    }

    @Test func `a key is one user's in one tenant`() async throws {
        let gateway = try TestGateway()
        for token in [
            try TestGateway.token(), try TestGateway.token(user: "bob"), try TestGateway.token(tenant: "other"),
            try TestGateway.token(user: "K"), try TestGateway.token(user: "\u{212A}"),
        ] {
            let answer = try await gateway.call(.post, "/api/tasks", as: token, #"{"name":"a"}"#, headers: key("k1"))
            #expect(answer.status == 201)
        }
        #expect(try await gateway.head() == 4)
    }

    @Test func `keys that Swift takes for the same are two`() async throws {
        let gateway = try TestGateway()
        for name in ["\u{E9}", "e\u{301}"] {
            let fields: HTTPFields = [.idempotencyKey: name]
            #expect(try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: fields).status == 201)
        }
        #expect(try await gateway.head() == 2)
    }

    @Test func `a refusal is not kept under its key`() async throws {
        let gateway = try TestGateway()
        #expect(try await gateway.call(.post, "/api/tasks", nil, #"{"name":""}"#, headers: key("k1")).status == 400)
        #expect(try await gateway.call(.patch, "/api/tasks/1", nil, #"{"name":"b"}"#, headers: key("k1")).status == 404)
        #expect(try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: key("k1")).status == 201)
    }

    @Test(arguments: ["", String(repeating: "k", count: 129), "a\tb"])
    func `a key that is none is refused`(name: String) async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: key(name))
        #expect(answer.status == 400)
        #expect(answer.code == "invalid_idempotency_key")
        #expect(try await gateway.head() == 0)
    }

    @Test func `two keys are refused, and 128 bytes are taken`() async throws {
        let gateway = try TestGateway()
        var two = key("a")
        two.append(HTTPField(name: .idempotencyKey, value: "b"))
        #expect(try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: two).status == 400)
        let long = key(String(repeating: "k", count: 128))
        #expect(try await gateway.call(.post, "/api/tasks", nil, #"{"name":"a"}"#, headers: long).status == 201)
    }
}
