import Boards
import Events
import HTTPTypes
import Rooms
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import Gateway

@Suite(.serialized) struct RevocationCallsTests {
    private static let second = TestGateway.second

    private func revoke(_ gateway: TestGateway, _ body: String, as token: String? = nil) async throws -> Answer {
        let token = try token ?? TestGateway.token("admin", user: "root", issued: Self.second + 1)
        return try await gateway.call(.post, "/api/revocations", as: token, body)
    }

    private func status(_ gateway: TestGateway, _ token: String) async throws -> Int {
        try await gateway.call(.get, "/api/tasks", as: token).status
    }

    @Test func `a revocation is answered as it was made`() async throws {
        let answer = try await revoke(try TestGateway(), #"{"jti":"t","reason":"lost"}"#)
        #expect(answer.status == 201)
        #expect(
            answer.text == """
                {"revocation":{"id":1,"jti":"t","reason":"lost","createdBy":"root",\
                "createdAt":"2026-01-15T10:30:00.000Z"},"connections":0,"durable":true}
                """)
    }

    @Test func `a jti revokes that token, also one that was verified before`() async throws {
        let gateway = try TestGateway()
        let (mine, other) = (try TestGateway.token(id: "K"), try TestGateway.token(id: "\u{212A}"))
        #expect(try await status(gateway, mine) == 200)
        _ = try await revoke(gateway, #"{"jti":"K"}"#)
        let refused = try await gateway.call(.get, "/api/tasks", as: mine)
        #expect(refused.status == 401 && refused["detail"]?.string == "the token was revoked")
        #expect(
            refused.headers[.wwwAuthenticate]?.hasPrefix(
                "Bearer error=\"invalid_token\", error_description=\"the token was revoked\"") == true)
        #expect(try await status(gateway, other) == 200)
        let cookie = try await gateway.call(
            .get, "/api/tasks", as: nil, headers: [.cookie: "boardcast_session=\(mine)"])
        #expect(cookie.status == 401)
    }

    @Test func `a sub revokes what the user has, and what is issued later is good`() async throws {
        let gateway = try TestGateway()
        let tokens = try [nil, Self.second - 9, Self.second].map { try TestGateway.token(issued: $0) }
        _ = try await revoke(gateway, #"{"sub":"ann"}"#)
        for token in tokens { #expect(try await status(gateway, token) == 401) }
        #expect(try await status(gateway, try TestGateway.token(issued: Self.second + 1)) == 200)
        #expect(try await status(gateway, try TestGateway.token(user: "bob")) == 200)
    }

    @Test func `issuedBefore revokes what is older, the administrator's own token too`() async throws {
        let gateway = try TestGateway()
        let admin = try TestGateway.token("admin", issued: Self.second - 1)
        let answer = try await revoke(gateway, #"{"issuedBefore":"2026-01-15T10:30:00Z"}"#, as: admin)
        #expect(answer.status == 201)
        #expect(try await status(gateway, admin) == 401)
        #expect(try await status(gateway, try TestGateway.token()) == 401)
        #expect(try await status(gateway, try TestGateway.token(issued: Self.second)) == 200)
    }

    @Test func `a tenant's revocations are its own`() async throws {
        let gateway = try TestGateway()
        let token = try TestGateway.token(tenant: "other", id: "t", issued: Self.second)
        for body in [#"{"jti":"t"}"#, #"{"sub":"ann"}"#, #"{"issuedBefore":"2026-01-16T00:00:00Z"}"#] {
            #expect(try await revoke(gateway, body).status == 201)
            #expect(try await status(gateway, token) == 200)
        }
        let admin = try TestGateway.token("admin", tenant: "other", issued: Self.second)
        #expect(try await gateway.call(.get, "/api/revocations", as: admin).text == #"{"items":[],"next":null}"#)
        #expect(try await gateway.call(.get, "/api/audit", as: admin).text == #"{"items":[],"next":null}"#)
    }

    @Test func `live connections by what is revoked are cut at once, and no others`() async throws {
        let gateway = try TestGateway()
        let gone = try await TestConnection.open(on: gateway, user: "ann", tokenID: "t")
        _ = try await TestConnection.open(on: gateway, user: "ann", tokenID: "u")
        _ = try await TestConnection.open(on: gateway, tenant: "other", user: "ann", tokenID: "t")
        #expect(try await revoke(gateway, #"{"jti":"t"}"#)["connections"]?.int == 1)
        let end = try await gone.text(until: "stream.closing")
        #expect(end.contains(#""reason":"revoked""#) && end.contains(#""reconnect":false"#))
        #expect(gateway.relay.connections == 2)

        let bob = try await TestConnection.open(on: gateway, user: "bob", issuedAt: TestGateway.now)
        _ = try await TestConnection.open(on: gateway, user: "bob", issuedAt: TestGateway.now + 1)
        #expect(try await revoke(gateway, #"{"sub":"bob"}"#)["connections"]?.int == 1)
        _ = try await bob.text(until: "revoked")
        #expect(
            try await revoke(gateway, #"{"issuedBefore":"2026-01-15T10:30:00.001Z"}"#)["connections"]?.int == 1)
        #expect(gateway.relay.connections == 2)
    }

    @Test func `a connection is not renewed by a token that was revoked meanwhile`() async throws {
        let gateway = try TestGateway()
        let connection = try await TestConnection.open(on: gateway, user: "ann")
        let token = try TestGateway.token(id: "t")
        _ = try await revoke(gateway, #"{"jti":"t"}"#)
        let answer = try await gateway.call(.post, "/sse/connections/\(try await connection.id)/token", as: token)
        #expect(answer.status == 401)
        #expect(gateway.relay.connections == 1)
    }

    @Test(arguments: [
        ("{}", ""), (#"{"jti":"t","sub":"u"}"#, ""), (#"{"jti":1}"#, "/jti"),
        (#"{"issuedBefore":"now"}"#, "/issuedBefore"),
        (#"{"sub":"u","tenant":"other"}"#, "/tenant"),
    ])
    func `what can't be taken is refused, and nothing is done`(body: String, pointer: String) async throws {
        let gateway = try TestGateway()
        let answer = try await revoke(gateway, body)
        #expect(answer.status == 400 && answer.pointers == [pointer])
        #expect(try await gateway.call(.get, "/api/audit", "admin").items.isEmpty)
    }

    @Test func `lists are read page by page, newest first`() async throws {
        let gateway = try TestGateway()
        for index in 1...5 { #expect(try await revoke(gateway, #"{"jti":"t\#(index)"}"#).status == 201) }
        for path in ["/api/revocations", "/api/audit"] {
            var (ids, query): ([Int], String?) = ([], "?limit=2")
            while let next = query {
                let page = try await gateway.call(.get, path + next, "admin")
                #expect(page.status == 200 && page.items.count <= 2)
                ids += page.items.compactMap { $0["id"]?.int }
                query = page["next"]?.string.map { "?limit=2&cursor=\($0)" }
            }
            #expect(ids == [5, 4, 3, 2, 1])
            for bad in ["cursor=x", "cursor=-1", "cursor=", "limit=0", "limit=201", "page=2"] {
                #expect(try await gateway.call(.get, "\(path)?\(bad)", "admin").status == 400)
            }
        }
        let entry = try await gateway.call(.get, "/api/audit?limit=1", "admin")
        #expect(
            entry.text.contains(
                #"{"id":5,"act":"tokens.revoked","subject":"jti t5","detail":"","actor":"root","timestamp":"2026"#))
    }
}
