import Events
import HTTPTypes
import NIOCore
import StrictJSON
import Testing
import Tokens

@testable import Gateway

/// Who may call what: no token is 401, a role or a board that does not allow it 403, another tenant's things 404.
@Suite struct AccessTests {
    @Test(arguments: EveryCall.all)
    func `whoever may gets what the contract says`(call: EveryCall) async throws {
        let world = try await EveryCall.World()
        let answer = try await call.send(to: world, as: try TestGateway.token("admin"))
        #expect(answer.status == call.status)
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.referrerPolicy] == "no-referrer")
        let described = try #require(call.call.answers.first { $0.status.code == answer.status })
        let type = answer.headers[.contentType]
        switch described.content {
        case .none: #expect(type == nil && answer.bytes.isEmpty)
        case .json: #expect(type == "application/json")
        case .file(let types): #expect(types.contains { type?.hasPrefix($0) == true })
        case .events: Issue.record("a stream is not answered by the router")
        }
        // A page's link to the next one is there only when there is one.
        for name in described.fields where name != .link { #expect(answer.headers[name] != nil, "\(name)") }
    }

    @Test(arguments: EveryCall.all)
    func `without a good token nothing is done and nothing is told`(call: EveryCall) async throws {
        let world = try await EveryCall.World()
        let good = try TestGateway.token("admin")
        let parts = good.split(separator: ".")
        for token in [
            nil, "", "x", "a.b.c", String(good.dropLast()), "\(parts[0]).\(parts[1]).",
            "eyJhbGciOiJub25lIn0.\(parts[1]).",
            try TestGateway.token("admin", expires: TestGateway.second - 31),
            try TestGateway.token("admin", secret: Array("another secret for tests, of 32 bytes".utf8)),
            try TestGateway.token("admin", tenant: "a b"), try TestGateway.token("admin", user: ""),
        ] {
            let answer = try await call.send(to: world, as: token)
            #expect(answer.status == 401)
            #expect(answer.headers[.contentType] == "application/problem+json")
            let challenge = try #require(answer.headers[.wwwAuthenticate])
            #expect(challenge.hasPrefix("Bearer error=\"invalid_token\", error_description=\""))
            #expect(challenge.filter { $0 == "\"" }.count == 6)
            #expect(answer.code == "invalid_token" || token == nil)
            if let token, token.utf8.count > 5 { #expect(!answer.text.contains(token)) }
        }
        #expect(try await world.isUntouched)
    }

    @Test(arguments: EveryCall.all)
    func `a token in another place than the Authorization header and the cookie is none`(call: EveryCall) async throws {
        let world = try await EveryCall.World()
        let token = try TestGateway.token("admin")
        for name in ["Cookie", "X-Authorization", "Proxy-Authorization", "X-Access-Token", "Token"] {
            let value = name == "Cookie" ? "boardcast_session=\(token); token=\(token)" : "Bearer \(token)"
            let answer = try await call.send(to: world, as: nil, headers: [try #require(HTTPField.Name(name)): value])
            // The cookie is for GET alone.
            #expect(answer.status == (name == "Cookie" && call.method == .get ? call.status : 401))
        }
        #expect(try await call.send(to: world, as: nil, query: "token=\(token)").status == 401)
    }

    @Test(arguments: EveryCall.all, ["viewer", nil, "member", "service", "admin"])
    func `a role may what the contract lets it, and nothing else`(call: EveryCall, role: String?) async throws {
        let allowed: Set<String> =
            switch call.call.access {
            case .open, .token, .role(.read): ["viewer", "member", "service", "admin"]
            case .role(.write): ["member", "service", "admin"]
            case .role(.publish), .role(.jobs): ["service", "admin"]
            case .role(.administer): ["admin"]
            }
        let world = try await EveryCall.World()
        let answer = try await call.send(to: world, as: try TestGateway.token(role))
        if allowed.contains(role ?? "member") {
            #expect(answer.status == call.status)
        } else {
            #expect(answer.status == 403)
            #expect(answer.code == "role_forbidden")
            #expect(try await world.isUntouched)
        }
    }

    @Test(arguments: EveryCall.all, ["other", "Acme", "acme.", "ACME"])
    func `another tenant's things are as if they were not there`(call: EveryCall, tenant: String) async throws {
        let world = try await EveryCall.World()
        let stranger = try TestGateway.token("admin", tenant: tenant)
        let theirs = try await call.send(to: world, as: stranger)
        if let missing = call.missing {
            let nothing = try await world.gateway.call(
                call.method, call.forNothing.path, as: stranger, call.forNothing.body)
            #expect(theirs.status == missing)
            #expect(theirs.code == "not_found")
            #expect(theirs.withoutRequestID == nothing.withoutRequestID)
        } else {
            #expect(theirs.status == call.status)
        }
        for secret in ["plan", "task 1", EveryCall.job, world.connection] {
            #expect(!theirs.text.contains(secret))
        }
        #expect(try await world.isUntouched)
        #expect(try await world.gateway.call(.get, "/api/tasks/1")["version"]?.int == 1)
    }

    @Test func `another tenant's lists, events and numbers are its own`() async throws {
        let gateway = try await TestGateway.furnished()
        let stranger = try TestGateway.token("admin", tenant: "other")
        #expect(try await gateway.call(.get, "/api/tasks", as: stranger).items.isEmpty)
        #expect(
            try await gateway.call(.get, "/api/boards", as: stranger).items.compactMap { $0["id"]?.string } == ["main"])
        #expect(try await gateway.call(.get, "/api/events", as: stranger).events.isEmpty)
        let made = try await gateway.call(.post, "/api/tasks", as: stranger, #"{"name":"theirs"}"#)
        #expect(made["seq"]?.int == 1)
        #expect(made.task?["id"]?.int == 1)
        #expect(try await gateway.call(.get, "/api/tasks/1")["name"]?.string == "task 1")
        // A cursor of acme means nothing over there.
        let ahead = try await gateway.call(.get, "/api/events?since=2-\(gateway.epoch)", as: stranger)
        #expect(ahead["reason"]?.string == "cursor_ahead")
        #expect(ahead.events.isEmpty)
    }

    @Test(arguments: EveryCall.all)
    func `a token for another board is good for nothing on this one`(call: EveryCall) async throws {
        let world = try await EveryCall.World()
        // Not who made the job, and may see it whatever boards the token allows; but whose connection it is.
        let user = call.path.contains(EveryCall.connection) ? "ann" : "eve"
        let answer = try await call.send(to: world, as: try TestGateway.token("admin", user: user, boards: ["main"]))
        if let forbidden = call.sample.forbidden {
            #expect(answer.status == forbidden)
            #expect(answer.code == (forbidden == 403 ? "board_forbidden" : "not_found"))
        } else {
            #expect(answer.status == call.status)
            // An administrator is shown every connection, with its boards.
            #expect(!answer.text.contains("plan") || call.call.name == "connections.list")
        }
        #expect(try await world.gateway.head() == world.head)
    }

    @Test func `a token that is about to expire is good until it has`() async throws {
        let gateway = try TestGateway()
        for (expires, status) in [
            (TestGateway.second - 29, 200), (TestGateway.second - 30, 401), (TestGateway.second, 200),
        ] {
            #expect(
                try await gateway.call(.get, "/api/tasks", as: try TestGateway.token(expires: expires)).status == status
            )
        }
    }

    @Test func `two Authorization headers are refused, whatever they say`() async throws {
        let gateway = try TestGateway()
        let token = try TestGateway.token()
        let second: HTTPFields = [.authorization: "Bearer \(token)"]
        #expect(try await gateway.call(.get, "/api/tasks", as: token, headers: second).status == 401)
    }

    @Test(arguments: [
        "Bearer", "Bearer ", "Basic dTpw", "TOKEN", "Token TOKEN", "Bearer\tTOKEN", "BearerTOKEN", "Bearer TOKEN x",
        "Bearer TOKEN,TOKEN", "\"Bearer TOKEN\"",
    ])
    func `a header that is not Bearer and a token is refused`(form: String) async throws {
        let value = form.split(separator: "TOKEN", omittingEmptySubsequences: false).joined(
            separator: try TestGateway.token())
        let answer = try await TestGateway().call(.get, "/api/tasks", as: nil, headers: [.authorization: value])
        #expect(answer.status == 401)
    }

    @Test(arguments: ["Bearer TOKEN", "bearer TOKEN", "BEARER TOKEN", "Bearer  TOKEN"])
    func `the scheme may be spelled in any case`(form: String) async throws {
        let value = form.split(separator: "TOKEN", omittingEmptySubsequences: false).joined(
            separator: try TestGateway.token())
        #expect(
            try await TestGateway().call(.get, "/api/tasks", as: nil, headers: [.authorization: value]).status == 200)
    }

    @Test func `a refusal of a token names the broken rule for programs`() async throws {
        let gateway = try TestGateway()
        let expired = try TestGateway.token(expires: TestGateway.second - 3600)
        for (token, rule) in [(expired, "expiry"), ("a.b", "shape"), ("..", "shape")] {
            #expect(try await gateway.call(.get, "/api/boards", as: token)["rule"]?.string == rule)
        }
        for error in TokenError.allCases {
            let body = try JSONParser.parse(Array(Problem.unauthorized(error).body(requestID: "1").readableBytesView))
            #expect(body.object?["remedy"]?.string == error.remedy)
        }
        #expect(try await gateway.call(.get, "/api/boards", as: nil)["rule"] == nil)
    }
}
