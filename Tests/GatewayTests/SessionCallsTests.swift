import HTTPTypes
import StrictJSON
import Testing
import Tokens

@testable import Gateway

@Suite struct SessionCallsTests {
    private func cookie(_ token: String) -> HTTPFields { [.cookie: "boardcast_session=\(token)"] }

    @Test func `a token becomes a cookie for the rest of its life`() async throws {
        let token = try TestGateway.token(expires: TestGateway.second + 90)
        let answer = try await TestGateway().call(.post, "/api/session", as: token)
        #expect(answer.status == 204 && answer.bytes.isEmpty)
        #expect(
            answer.headers[.setCookie]
                == "boardcast_session=\(token); Path=/; Max-Age=90; HttpOnly; SameSite=Strict")
    }

    @Test func `only a good Bearer becomes one`() async throws {
        let gateway = try TestGateway()
        let good = try TestGateway.token()
        let late = try TestGateway.token(expires: TestGateway.second - 60)
        let ways: [(String?, HTTPFields)] = [
            (nil, [:]), (nil, cookie(good)), ("bad", cookie(good)), (late, [:]),
        ]
        for (token, headers) in ways {
            let answer = try await gateway.call(.post, "/api/session", as: token, headers: headers)
            #expect(answer.status == 401)
            #expect(answer.headers[.setCookie] == nil)
        }
    }

    @Test func `it says what a token comes to, and why`() async throws {
        let gateway = try TestGateway()
        let answer = try await gateway.call(.get, "/api/session", as: try TestGateway.token("editor"))
        #expect(answer.status == 200)
        #expect(answer["tenant"]?.string == "acme" && answer["userId"]?.string == "ann")
        #expect(answer["role"]?.string == "viewer" && answer["boards"] == nil && answer["expiresAt"]?.string != nil)
        #expect(answer["tenantBecause"]?.string == "the claim tenant names it (auth.tenantClaim)")
        #expect(answer["roleBecause"]?.string?.contains("says “editor”, of which auth.roles maps none") == true)
        let held = try await gateway.call(
            .get, "/api/session", as: nil, headers: cookie(try TestGateway.token("admin")))
        #expect(held["role"]?.string == "admin")
        #expect(try await gateway.call(.get, "/api/session", as: nil).status == 401)
    }

    @Test func `a token too long for a cookie is refused`() async throws {
        let token = try TestGateway.token(id: String(repeating: "j", count: 3500))
        let answer = try await TestGateway().call(.post, "/api/session", as: token)
        #expect(answer.status == 400 && answer.code == "token_too_long")
    }

    @Test func `whoever asks gets rid of the cookie`() async throws {
        let gateway = try TestGateway()
        for token in [nil, "bad", try TestGateway.token()] {
            let answer = try await gateway.call(.delete, "/api/session", as: token)
            #expect(answer.status == 204)
            #expect(
                answer.headers[.setCookie] == "boardcast_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        }
    }

    @Test func `the cookie is good for reading, and for nothing else`() async throws {
        let gateway = try await TestGateway.furnished()
        let mine = cookie(try TestGateway.token("admin"))
        #expect(try await gateway.call(.get, "/api/tasks/1", as: nil, headers: mine).status == 200)
        #expect(try await gateway.call(.head, "/api/tasks/1", as: nil, headers: mine).status == 200)
        for (method, path) in [
            (.post, "/api/tasks"), (.patch, "/api/tasks/1"), (.delete, "/api/tasks/1"), (.post, "/sse/ticket"),
            (.post, "/api/session"), (.post, "/api/revocations"),
        ] as [(HTTPRequest.Method, String)] {
            let answer = try await gateway.call(method, path, as: nil, "{}", headers: mine)
            #expect(answer.status == 401 && answer.code == "token_missing")
        }
    }

    @Test func `the header wins over the cookie, even when it is bad`() async throws {
        let gateway = try TestGateway()
        let mine = cookie(try TestGateway.token("admin"))
        #expect(try await gateway.call(.get, "/sse/stats", "member", headers: mine).status == 403)
        #expect(try await gateway.call(.get, "/sse/stats", as: "bad", headers: mine).status == 401)
        #expect(try await gateway.call(.get, "/sse/stats", "admin", headers: cookie("bad")).status == 200)
    }

    @Test(arguments: ["null", "https://evil.example", "http://localhost.evil:1"])
    func `the cookie does not count from another's page`(origin: String) async throws {
        let gateway = try TestGateway()
        var headers = cookie(try TestGateway.token())
        headers[.origin] = origin
        let answer = try await gateway.call(.get, "/api/tasks", as: nil, headers: headers)
        #expect(answer.status == 401)
        #expect(answer["detail"]?.string == "the cookie does not count from this origin")
        // A token does.
        #expect(try await gateway.call(.get, "/api/tasks", "member", headers: headers).status == 200)
    }

    @Test func `the cookie counts from our own page and from origins in the list`() async throws {
        var settings = GatewaySettings()
        settings.corsOrigins = ["https://app.example"]
        let gateway = try TestGateway(settings)
        for origin in ["http://localhost", "https://app.example"] {
            var headers = cookie(try TestGateway.token())
            headers[.origin] = origin
            #expect(try await gateway.call(.get, "/api/tasks", as: nil, headers: headers).status == 200)
        }
    }

    @Test(arguments: ["boardcast_session=TOKEN; boardcast_session=TOKEN", "boardcast_session=TOKEN x"])
    func `a cookie header that is not clear is refused, and not repeated`(form: String) async throws {
        let token = try TestGateway.token()
        let value = form.split(separator: "TOKEN", omittingEmptySubsequences: false).joined(separator: token)
        let answer = try await TestGateway().call(.get, "/api/tasks", as: nil, headers: [.cookie: value])
        #expect(answer.status == 401 && !answer.text.contains(token))
    }
}
