import Client
import Events
import ServerSettings
import TestSupport
import Testing
import Tokens

@testable import boardcast

@Suite struct TokenDraftTests {
    private let secret = "a secret of this test that is long enough"
    private let now: Timestamp = 1_800_000_000_000

    private func draft(
        _ subject: String = "ann", _ tenant: String = "acme", role: Role? = nil, boards: [String] = [],
        claims: [String] = [],
        auth: Settings.Auth = Settings().auth
    ) throws -> TokenDraft {
        try TokenDraft(
            subject: subject, tenant: tenant, role: role, boards: boards, claims: claims, lifetime: .hour, auth: auth)
    }

    private func payload(_ draft: TokenDraft) -> String {
        String(decoding: draft.payload(at: 100_999, id: "x"), as: UTF8.self)
    }

    @Test func `a token says no more than what was asked for, when it was made, when it ends and which it is`() throws {
        #expect(payload(try draft()) == #"{"sub":"ann","tenant":"acme","iat":100,"exp":3700,"jti":"x"}"#)
    }

    @Test func `further claims keep their JSON, and may replace the dates`() throws {
        let all = try draft(
            role: .admin, boards: ["main", "side"], claims: ["n=1.50", #"o={"a":[null,"é=x"]}"#, "exp=5", "nbf=4"])
        #expect(
            payload(all) == """
                {"sub":"ann","tenant":"acme","role":"admin","boards":["main","side"],"n":1.50,"o":{"a":[null,"é=x"]},\
                "exp":5,"nbf":4,"iat":100,"jti":"x"}
                """)
    }

    @Test func `it fits what the server's settings ask for`() throws {
        var auth = Settings().auth
        (auth.issuer, auth.audience, auth.tenantClaim) = ("https://id.example", "boards", "app.org")
        auth.secret = Secret(Array(secret.utf8))
        var settings = Settings()
        settings.auth = auth
        let token = try draft(auth: auth).sign(with: settings.makeSigningKey(), at: now)
        let claims = try settings.makeVerifier().verify(token, at: now)
        #expect(claims.tenant.rawValue == "acme" && claims.issuer == "https://id.example")
        #expect(payload(try draft(claims: [#"aud="other""#], auth: auth)).contains(#""aud":"other""#))
    }

    @Test func `a role is said as the settings have it understood`() throws {
        var settings = Settings()
        settings.auth.secret = Secret(Array(secret.utf8))
        settings.auth.roles = RoleRules(
            claim: "realm_access.roles", map: try #require(RoleMap([("boards-admin", .admin)])), fallback: .viewer)
        let token = try draft(role: .admin, auth: settings.auth).sign(with: settings.makeSigningKey(), at: now)
        #expect(try settings.makeVerifier().verify(token, at: now).role == .admin)
        let failure = #expect(throws: Failure.self) { try draft(role: .service, auth: settings.auth) }
        #expect(failure?.message == "--role: no token can say service here; map a name to it in auth.roles")
    }

    @Test func `what the server would refuse is not made`() {
        for make in [
            { try draft("") }, { try draft(String(repeating: "x", count: 256)) }, { try draft("ann", "a b") },
            { try draft("ann", "") },
            { try draft(boards: ["Main"]) }, { try draft(boards: [""]) }, { try draft(claims: ["x"]) },
            { try draft(claims: ["x=y"]) },
            { try draft(claims: ["=1"]) }, { try draft(claims: ["x=1", "x=2"]) },
            { try draft(claims: [#"sub="bob""#]) },
            { try draft(role: .viewer, claims: [#"role="admin""#]) }, { try draft(claims: ["x={\"a\":1,\"a\":2}"]) },
        ] as [() throws -> TokenDraft] {
            let failure = #expect(throws: Failure.self) { try make() }
            #expect(failure?.kind == .usage)
        }
    }

    @Test func `every token has an id of its own`() throws {
        let key = try TokenKey(secret: Array(secret.utf8))
        #expect(try draft().sign(with: key, at: now) != draft().sign(with: key, at: now))
    }

    @Test func `an algorithm that is not the key's is refused`() throws {
        let key = try TokenKey(secret: Array(secret.utf8))
        let failure = #expect(throws: Failure.self) { try draft().sign(with: key, algorithm: .es256, at: now) }
        #expect(failure == Failure(.usage, "the key is not for this algorithm"))
    }
}
