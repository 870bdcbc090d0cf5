import Events
import HTTPTypes
import Testing

@testable import Gateway

/// Origins are compared exactly; one that is not in the list gets no header that lets it in.
@Suite struct CrossOriginTests {
    private static let origin = "https://app.example"

    private func gateway(_ origins: Set<String> = [origin, "http://localhost:5173"]) async throws -> TestGateway {
        var settings = GatewaySettings()
        settings.corsOrigins = origins
        return try await TestGateway.furnished(settings)
    }

    private func names(_ list: String?) -> Set<String> {
        Set((list ?? "").lowercased().split(separator: ",").map { String($0.drop { $0 == " " }) })
    }

    private func permissions(_ answer: Answer) -> [String] {
        answer.headers.map { $0.name.canonicalName }.filter { $0.hasPrefix("access-control-") }
    }

    @Test(arguments: [origin, "http://localhost:5173"])
    func `an origin in the list is let in, with the headers that a page needs`(origin: String) async throws {
        let answer = try await gateway().call(.get, "/api/tasks", headers: [.origin: origin])
        #expect(answer.status == 200)
        #expect(answer.headers[.accessControlAllowOrigin] == origin)
        #expect(answer.headers[.vary]?.contains("Origin") == true)
        #expect(
            names(answer.headers[.accessControlExposeHeaders]).isSuperset(of: [
                "etag", "location", "link", "boardcast-seq", "retry-after", "ratelimit", "ratelimit-policy",
                "x-request-id",
            ]))
        #expect(answer.headers[.accessControlAllowCredentials] == "true")
    }

    @Test(arguments: [
        "null", "*", "", "https://app.example.evil.com", "https://evil.com", "https://app.example:443",
        "https://app.example/", "http://app.example",
        "https://APP.EXAMPLE", "https://app.exampl", "https://xapp.example", "https://app.example https://evil.com",
        "https://app.example,https://evil.com",
        "https://app.example\u{301}", "//app.example", "app.example", "https://app.example%00", "http://localhost",
        "http://localhost:51730", "file://",
    ])
    func `any other origin gets no header that lets it in`(origin: String) async throws {
        let gateway = try await gateway()
        let answer = try await gateway.call(.get, "/api/tasks", headers: [.origin: origin])
        #expect(answer.status == 200)
        #expect(permissions(answer) == [])
        #expect(answer.headers[.vary]?.contains("Origin") == true, "a cache must not give it another's answer")
        let preflight = try await gateway.call(
            .options, "/api/tasks", as: nil, headers: [.origin: origin, .accessControlRequestMethod: "POST"])
        #expect(permissions(preflight) == [])
    }

    @Test func `an empty origin is let in as null, where that is in the list`() async throws {
        for origin in ["", "null"] {
            let answer = try await gateway(["null"]).call(.get, "/api/tasks", headers: [.origin: origin])
            #expect(answer.headers[.accessControlAllowOrigin] == "null")
        }
    }

    @Test func `two origins in one request are none`() async throws {
        var headers: HTTPFields = [.origin: Self.origin]
        headers.append(HTTPField(name: .origin, value: Self.origin))
        #expect(permissions(try await gateway().call(.get, "/api/tasks", headers: headers)) == [])
    }

    @Test(arguments: [
        "/api/tasks", "/api/tasks/1", "/api/boards", "/api/publish", "/api/events", "/sse/connect", "/sse/stats",
    ])
    func `a preflight needs no token, and allows what the calls need`(path: String) async throws {
        let answer = try await gateway().call(
            .options, path, as: nil,
            headers: [
                .origin: Self.origin, .accessControlRequestMethod: "GET",
                .accessControlRequestHeaders: "authorization,last-event-id",
            ])
        #expect(answer.status == 204)
        #expect(answer.bytes.isEmpty)
        #expect(answer.headers[.accessControlAllowOrigin] == Self.origin)
        #expect(names(answer.headers[.accessControlAllowMethods]).isSuperset(of: ["get", "post", "patch", "delete"]))
        #expect(
            names(answer.headers[.accessControlAllowHeaders]).isSuperset(of: [
                "authorization", "content-type", "last-event-id", "if-match", "if-none-match", "idempotency-key",
            ]))
        #expect(answer.headers[.vary]?.contains("Origin") == true)
    }

    @Test func `a refusal can be read by a page that is let in`() async throws {
        let gateway = try await gateway()
        for (path, token) in [
            ("/api/tasks", nil), ("/api/tasks?x=1", try TestGateway.token()), ("/nowhere", nil),
            ("/sse/stats", try TestGateway.token()),
        ] {
            let answer = try await gateway.call(.get, path, as: token, headers: [.origin: Self.origin])
            #expect(answer.status >= 400)
            #expect(answer.headers[.accessControlAllowOrigin] == Self.origin)
        }
    }

    @Test func `a tenant's own origins may read what is said to its tokens, and nothing of another tenant's`()
        async throws
    {
        var settings = GatewaySettings()
        settings.corsOrigins = [Self.origin]
        for (tenant, origin) in [("acme", "https://acme.example"), ("globex", "https://globex.example")] {
            settings.ownOrigins[TenantID(tenant)!] = [origin]
        }
        let gateway = try TestGateway(settings)
        for (tenant, origin, isLetIn) in [
            ("acme", "https://acme.example", true), ("acme", "https://globex.example", false),
            ("globex", "https://acme.example", false), ("acme", Self.origin, true), ("other", Self.origin, true),
            ("other", "https://acme.example", false),
        ] {
            let token = try TestGateway.token(tenant: tenant)
            for path in ["/api/tasks", "/api/tasks/9"] {
                let answer = try await gateway.call(.get, path, as: token, headers: [.origin: origin])
                #expect(answer.headers[.accessControlAllowOrigin] == (isLetIn ? origin : nil), "\(tenant) \(origin)")
            }
        }
        for origin in [Self.origin, "https://acme.example", "https://globex.example"] {
            let preflight = try await gateway.call(
                .options, "/api/tasks", as: nil, headers: [.origin: origin, .accessControlRequestMethod: "GET"])
            #expect(preflight.headers[.accessControlAllowOrigin] == origin)
            let refusal = try await gateway.call(.get, "/api/tasks", as: "bad", headers: [.origin: origin])
            #expect(refusal.headers[.accessControlAllowOrigin] == origin, "a page may know that its token is bad")
        }
    }

    @Test func `without a list nobody is let in`() async throws {
        let gateway = try await gateway([])
        for origin in [Self.origin, "null", "*"] {
            let answer = try await gateway.call(.get, "/api/tasks", headers: [.origin: origin])
            #expect(permissions(answer) == [])
            let preflight = try await gateway.call(
                .options, "/api/tasks", as: nil, headers: [.origin: origin, .accessControlRequestMethod: "GET"])
            #expect(permissions(preflight) == [])
        }
    }

    @Test func `a preflight allows what is asked for, if it can be a field's name`() async throws {
        let answer = try await gateway().call(
            .options, "/api/tasks", as: nil,
            headers: [
                .origin: Self.origin, .accessControlRequestMethod: "GET",
                .accessControlRequestHeaders: "authorization,x-datadog-trace-id, X-B3-TraceId ,traceparent,a b,é,,*/*",
            ])
        let allowed = answer.headers[.accessControlAllowHeaders] ?? ""
        #expect(names(allowed).isSuperset(of: ["x-datadog-trace-id", "x-b3-traceid", "traceparent", "cache-control"]))
        #expect(names(allowed).isDisjoint(with: ["a b", "é", "", "*/*"]))
        #expect(allowed.split(separator: ",").count == names(allowed).count, "each once")
    }

    @Test func `an OPTIONS request that is no preflight is answered with the methods, and allows no origin anything`()
        async throws
    {
        let gateway = try await gateway()
        for headers in [[:], [.origin: Self.origin], [.origin: "https://evil.example"]] as [HTTPFields] {
            let answer = try await gateway.call(.options, "/api/tasks", as: nil, headers: headers)
            #expect(answer.status == 204)
            #expect(answer.headers[.allow] == "GET, POST, HEAD, QUERY")
            #expect(answer.headers[.accessControlAllowMethods] == nil)
        }
    }
}
