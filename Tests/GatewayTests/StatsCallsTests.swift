import Events
import HTTPTypes
import Rooms
import StrictJSON
import Testing

@testable import Gateway

@Suite(.serialized) struct StatsCallsTests {
    private func connections(_ answer: Answer) -> [JSONObject] {
        answer["connections"]?.array?.compactMap(\.object) ?? []
    }

    private func users(_ answer: Answer) -> [String] { connections(answer).compactMap { $0["userId"]?.string } }

    @Test func `an admin sees the tenant's connections as they are`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        let all = try await TestConnection.open(on: gateway, user: "ann")
        let one = try await TestConnection.open(on: gateway, user: "bob", boards: .only([BoardID("plan")!]))
        try await gateway.addTasks(2)
        _ = try await all.text(until: #""seq":3"#)
        let answer = try await gateway.call(.get, "/sse/stats", "admin")
        #expect(answer.status == 200)
        #expect(try answer.object.members.map(\.name) == ["totalConnections", "connections", "rooms", "nextCursor"])
        #expect(answer["totalConnections"]?.int == 2)
        #expect(answer["nextCursor"]?.isNull == true)
        // The tenant's, the board's and two users' own.
        #expect(answer["rooms"]?.int == 4)
        let ann = try #require(connections(answer).first { $0["userId"]?.string == "ann" })
        #expect(
            ann.members.map(\.name) == [
                "id", "userId", "connectedAt", "duration", "transport", "boards", "types", "cursor", "lag",
                "queuedBytes", "sentEvents", "sentBytes", "tokenExpiresAt", "address", "client",
            ])
        #expect(ann["id"]?.string?.utf8.count == 16)
        #expect(ann["connectedAt"]?.int == TestGateway.now.milliseconds)
        #expect(ann["duration"]?.int == 0)
        #expect(ann["transport"]?.string == "sse")
        #expect(ann["boards"]?.array?.compactMap(\.string) == ["main", "plan"])
        #expect(ann["cursor"]?.string == "3-\(gateway.epoch)")
        #expect(ann["lag"]?.int == 0)
        #expect(ann["queuedBytes"]?.int == 0)
        // Those, and who is there.
        #expect(try #require(ann["sentEvents"]?.int) >= 2)
        #expect(try #require(ann["sentBytes"]?.int) > 200)
        #expect(ann["types"]?.isNull == true)
        let bob = try #require(connections(answer).first { $0["userId"]?.string == "bob" })
        #expect(bob["boards"]?.array?.compactMap(\.string) == ["plan"])
        try await all.close()
        try await one.close()
        #expect(try await gateway.call(.get, "/sse/stats", "admin")["totalConnections"]?.int == 0)
    }

    @Test func `connections are found by user and by board`() async throws {
        let gateway = try TestGateway()
        try await gateway.addBoard("plan")
        for (user, boards) in [
            ("K", Selection.Boards.all), ("\u{212A}", .only([.main])), ("bob", .only([BoardID("plan")!])),
        ] { _ = try await TestConnection.open(on: gateway, user: user, boards: boards) }
        for (query, expected) in [
            ("?userId=K", ["K"]), ("?userId=%E2%84%AA", ["\u{212A}"]), ("?userId=nobody", []), ("?userId=", []),
            ("?board=plan", ["K", "bob"]),
            ("?board=main", ["K", "\u{212A}"]), ("?board=plan&userId=bob", ["bob"]),
        ] {
            let answer = try await gateway.call(.get, "/sse/stats" + query, "admin")
            #expect(Set(users(answer).map { Array($0.utf8) }) == Set(expected.map { Array($0.utf8) }), "\(query)")
            #expect(answer["totalConnections"]?.int == expected.count, "\(query)")
        }
        #expect(try await gateway.call(.get, "/sse/stats?board=PLAN", "admin").status == 404)
    }

    @Test func `pages follow each other, each connection once`() async throws {
        let gateway = try TestGateway()
        for number in 0..<5 { _ = try await TestConnection.open(on: gateway, user: "u\(number)") }
        var seen: [String] = []
        var path = "/sse/stats?limit=2"
        for count in [2, 2, 1] {
            let answer = try await gateway.call(.get, path, "admin")
            #expect(answer["totalConnections"]?.int == 5)
            #expect(connections(answer).count == count)
            seen += users(answer)
            path = "/sse/stats?limit=2&cursor=\(answer["nextCursor"]?.string ?? "")"
            #expect((answer["nextCursor"]?.isNull == true) == (count == 1))
        }
        #expect(seen.sorted() == ["u0", "u1", "u2", "u3", "u4"])
    }

    @Test func `another tenant's connections are not counted, listed or found`() async throws {
        let gateway = try TestGateway()
        _ = try await TestConnection.open(on: gateway, tenant: "other", user: "ann")
        for query in ["", "?userId=ann", "?board=main", "?limit=1"] {
            let answer = try await gateway.call(.get, "/sse/stats" + query, "admin")
            #expect(answer["totalConnections"]?.int == 0)
            #expect(connections(answer).isEmpty)
            #expect(answer["rooms"]?.int == 0)
        }
        let own = try await gateway.call(.get, "/sse/stats", as: try TestGateway.token("admin", tenant: "other"))
        #expect(own["totalConnections"]?.int == 1)
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=-1", "limit"), ("cursor=", "cursor"),
        ("cursor=x", "cursor"), ("cursor=-", "cursor"),
        ("cursor=-1-a", "cursor"), ("cursor=1e9-a", "cursor"), ("cursor=99999999999999999999-a", "cursor"),
        ("tenant=other", "tenant"),
        ("userId=a&userId=b", "userId"), ("board=a&board=b", "board"), ("token=x", "token"),
    ])
    func `a query that can't be understood is refused and named`(query: String, pointer: String) async throws {
        let answer = try await TestGateway().call(.get, "/sse/stats?" + query, "admin")
        #expect(answer.status == 400)
        #expect(answer.pointers == [pointer])
    }
}

@Suite struct HealthCallsTests {
    @Test func `health and readiness need no token`() async throws {
        let gateway = try TestGateway()
        for path in ["/healthz", "/readyz"] {
            let answer = try await gateway.call(.get, path, as: nil)
            #expect(answer.status == 200)
            #expect(try await gateway.call(.get, path, as: "not a token").status == 200)
            #expect(try await gateway.call(.head, path, as: nil).bytes.isEmpty)
        }
    }

    @Test func `a gateway that goes down is alive and not ready`() async throws {
        let gateway = try TestGateway()
        gateway.relay.drain()
        #expect(try await gateway.call(.get, "/healthz", as: nil).status == 200)
        let answer = try await gateway.call(.get, "/readyz", as: nil)
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] != nil)
        #expect(answer.code == "draining")
    }

    @Test func `the page's files are sent once, and as small as their clients take them`() async throws {
        let long = Array(String(repeating: "let a = 1;\n", count: 100).utf8)
        let gateway = try TestGateway(assets: [
            Asset(path: "/assets/a.js", mediaType: "text/javascript", bytes: long),
            Asset(path: "/sdk/1.2.3/a.js", mediaType: "text/javascript", bytes: [0x31], isForever: true),
        ])
        let plain = try await gateway.call(.get, "/assets/a.js", as: nil)
        #expect(plain.bytes == long && plain.headers[.contentEncoding] == nil)
        #expect(plain.headers[.cacheControl] == "no-cache" && plain.headers[.vary]?.contains("Accept-Encoding") == true)
        let small = try await gateway.call(.get, "/assets/a.js", as: nil, headers: [.acceptEncoding: "br, gzip;q=0.5"])
        #expect(small.headers[.contentEncoding] == "gzip" && small.bytes.count < 100)
        #expect(small.bytes.starts(with: [0x1F, 0x8B]))
        #expect(small.headers[.eTag] != plain.headers[.eTag])
        for tag in [plain, small].compactMap({ $0.headers[.eTag] }) {
            let again = try await gateway.call(.get, "/assets/a.js", as: nil, headers: [.ifNoneMatch: "W/\(tag)"])
            #expect(again.status == 304 && again.bytes.isEmpty)
            #expect(again.headers[.contentSecurityPolicy] != nil)
        }
        #expect(try await gateway.call(.get, "/assets/a.js", as: nil, headers: [.ifNoneMatch: "\"x\""]).status == 200)
        let forever = try await gateway.call(.get, "/sdk/1.2.3/a.js", as: nil, headers: [.acceptEncoding: "gzip"])
        #expect(forever.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(forever.headers[.contentEncoding] == nil, "a byte gets no smaller")
    }

    @Test(arguments: [
        ("gzip", true), ("br, GZIP", true), ("*", true), ("x-gzip", true), ("gzip;q=0.001", true), ("gzip; q=1", true),
        ("gzip;q=0", false), ("gzip; q=0.0", false), ("br", false), ("", false), ("gzipped", false),
    ])
    func `who takes gzip says so`(field: String, takes: Bool) {
        #expect(PageCalls.takesGzip(field) == takes)
        #expect(!PageCalls.takesGzip(nil))
    }

    @Test func `the page's files are served with a policy that lets nothing else run`() async throws {
        let asset = Asset(path: "/assets/board.js", mediaType: "text/javascript", bytes: Array("1".utf8))
        let gateway = try TestGateway(assets: [asset])
        let answer = try await gateway.call(.get, "/assets/board.js", as: nil)
        #expect(answer.status == 200)
        #expect(answer.text == "1")
        #expect(answer.headers[.contentType] == "text/javascript")
        #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        for path in [
            "/assets/", "/assets/other.js", "/assets/../assets/board.js", "/assets/board.js%00",
            "/assets/%2e%2e/board.js",
        ] {
            #expect(try await gateway.call(.get, path, as: nil).status == 404)
        }
    }
}
