import Events
import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

/// What attackers send: spellings of a closed path, headers that pretend, and ids of others.
@Suite struct HostileRequestTests {
    static let spellings = [
        "/sse/stats", "/sse/stats/", "//sse/stats", "/sse//stats", "///sse///stats", "/./sse/stats", "/sse/./stats",
        "/sse/../sse/stats", "/x/../sse/stats",
        "/sse/connect/../stats", "/api/tasks/../../sse/stats", "/%2e/sse/stats", "/sse/%2e/stats",
        "/sse/%2e%2e/sse/stats", "/sse%2Fstats", "/sse%2fstats",
        "/sse%252Fstats", "/%2Fsse/stats", "/sse\\stats", "/sse%5Cstats", "/sse/stats;", "/sse/stats;x=1",
        "/sse;x=1/stats", "/sse/stats%3Bx", "/sse/stats%00",
        "/sse%00/stats", "/sse/stats%20", "/sse/stats ", "/sse/stats%09", "/sse/stats%0A", "/sse/stats.",
        "/sse/stats.json", "/sse/stats*", "/sse/stats~",
        "/SSE/STATS", "/Sse/Stats", "/sse/Stats", "/%73se/stats", "/sse/%73tats", "/sse/stat%73", "/sse/stats%3F",
        "/sse/stats#", "/sse/stats%23x", "/sse/stats/..",
        "/sse/stats/.", "/sse/stats/x", "/sse/ſtats", "/sse/stats\u{301}", "/ｓse/stats", "/sse/stats%EF%BC%8F",
        "/;/sse/stats", "/sse/stats?", "/sse/stats??",
        "http://localhost/sse/stats", "sse/stats", "/sse/connect?/sse/stats", "/sse/stats?x=/sse/connect",
    ]

    @Test(arguments: spellings)
    func `no spelling opens the statistics to those who may not see them`(path: String) async throws {
        let gateway = try TestGateway()
        for token in [
            nil, try TestGateway.token("viewer"), try TestGateway.token("member"), try TestGateway.token("service"),
            "x.y.z",
        ] {
            for method: HTTPRequest.Method in [.get, .head, .post] {
                let answer = try await gateway.call(method, path, as: token)
                #expect([400, 401, 403, 404, 405].contains(answer.status), "\(method)")
                #expect(!answer.text.contains("totalConnections"))
                #expect(!answer.text.contains("connections\""))
            }
        }
    }

    @Test(
        arguments: spellings.filter { path in
            ["%", ";", "..", "/./", "\\", "SSE", "Sse", "Stats", "ſ", "\u{301}", "ｓ", "~", "*"].contains {
                path.contains($0)
            }
        })
    func `a spelling that a proxy may take for the path is not the path for us`(path: String) async throws {
        let answer = try await TestGateway().call(.get, path, "admin")
        #expect(answer.status == 404)
    }

    static let pretences: [(String, String)] = [
        ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/sse"),
        ("X-Forwarded-User", "root"), ("X-Forwarded-Port", "1"), ("Forwarded", "for=127.0.0.1;host=evil.example"),
        ("X-Real-IP", "::1"),
        ("X-Client-IP", "127.0.0.1"), ("X-Tenant", "other"), ("X-Tenant-Id", "other"), ("Tenant", "other"),
        ("X-User", "root"), ("X-User-Id", "root"),
        ("X-Role", "admin"), ("X-Roles", "admin"), ("X-Admin", "true"), ("X-Remote-User", "root"),
        ("X-Original-URL", "/sse/stats"),
        ("X-Rewrite-URL", "/sse/stats"), ("X-HTTP-Method-Override", "DELETE"), ("X-HTTP-Method", "DELETE"),
        ("X-Method-Override", "DELETE"),
        ("X-Internal", "1"), ("X-Original-Host", "localhost"), ("Host", "localhost"), ("X-Host", "evil.example"),
        ("Referer", "http://localhost/sse/stats"),
        ("Via", "1.1 proxy"), ("X-Board", "plan"), ("Impersonate-User", "root"),
    ]

    @Test(arguments: pretences)
    func `a header that pretends changes nothing`(name: String, value: String) async throws {
        let field = try #require(HTTPField.Name(name))
        let member = try TestGateway.token(boards: ["main"])
        for (method, path, token, body) in [
            (.get, "/sse/stats", member, nil), (.get, "/api/tasks", member, nil), (.get, "/api/boards", member, nil),
            (.get, "/api/tasks/1", member, nil),
            (.get, "/api/boards/plan", member, nil), (.get, "/api/events", member, nil), (.get, "/api/tasks", nil, nil),
            (.get, "/sse/stats", nil, nil),
            (.post, "/api/tasks", member, #"{"name":"a"}"#), (.post, "/api/boards", member, #"{"id":"x"}"#),
            (.get, "/nowhere", nil, nil),
            (.post, "/api/publish", member, #"{"type":"a.b"}"#),
            (.get, "/api/tasks/1", try TestGateway.token(tenant: "third"), nil),
        ] as [(HTTPRequest.Method, String, String?, String?)] {
            let (plain, spoofed) = (try await TestGateway.furnished(), try await TestGateway.furnished())
            let expected = try await plain.call(method, path, as: token, body)
            let answer = try await spoofed.call(method, path, as: token, body, headers: [field: value])
            #expect(answer.status == expected.status, "\(method) \(path)")
            #expect(scrubbed(answer, spoofed) == scrubbed(expected, plain), "\(method) \(path)")
            #expect(try await spoofed.head() == (try await plain.head()))
        }
    }

    /// Without the epoch, which each store draws for itself.
    private func scrubbed(_ answer: Answer, _ gateway: TestGateway) -> String {
        answer.withoutRequestID.split(separator: gateway.epoch).joined()
    }

    @Test(arguments: [
        "/api/tasks?tenant=other", "/api/events?tenant=other", "/sse/stats?tenant=other", "/api/tasks/1?tenant=other",
        "/api/boards?tenant=other",
        "/api/boards/main/snapshot?tenant=other",
    ])
    func `no query names a tenant`(path: String) async throws {
        let answer = try await TestGateway.furnished().call(.get, path, "admin")
        #expect(answer.status == 400)
        #expect(answer.pointers == ["tenant"])
    }

    @Test(arguments: [
        "tenant", "tenantId", "tenant_id", "actor", "userId ", "createdBy", "role", "__proto__", "constructor", "seq",
        "op",
    ])
    func `no body names a tenant, an author or a number`(name: String) async throws {
        let gateway = try await TestGateway.furnished()
        for (path, body) in [
            ("/api/tasks", #"{"name":"a","\#(name)":"other"}"#), ("/api/boards", #"{"id":"a","\#(name)":"other"}"#),
            ("/api/publish", #"{"type":"a.b","\#(name)":"other"}"#),
            ("/api/tasks/1/move", #"{"status":"done","\#(name)":"other"}"#),
        ] {
            let answer = try await gateway.call(.post, path, "admin", body)
            #expect(answer.status == 400)
            #expect(answer.pointers == ["/\(name)"])
        }
        #expect(try await gateway.head() == 2)
    }

    @Test func `a member's words come back as data alone`() async throws {
        let gateway = try TestGateway()
        let text = "\r\n\r\ndata: {\"type\":\"forged\"}\n\nid: 9\n\n\u{0085}\u{2028}</script>"
        var json = JSONWriter()
        json.object {
            $0.name("name"); $0.string(text)
        }
        let answer = try await gateway.call(.post, "/api/tasks", nil, String(decoding: json.bytes, as: UTF8.self))
        #expect(answer.status == 201)
        #expect(answer.task?["name"]?.string?.hasSameBytes(as: text) == true)
        let events = try await gateway.call(.get, "/api/events")
        #expect(events.events.count == 1)
        #expect(!events.bytes.contains(0x0A) && !events.bytes.contains(0x0D))
    }
}
