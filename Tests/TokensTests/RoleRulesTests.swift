import Events
import TestSupport
import Testing

@testable import Tokens

@Suite struct RoleRulesTests {
    private let map = RoleMap([("boards-admin", .admin), ("bot", .service), ("staff", .member), ("guest", .viewer)])!

    private func role(_ claims: String, by rules: RoleRules = RoleRules()) throws -> Role {
        try Issuer(TokenRules(roles: rules)).verify(#"{"sub":"u","tenant":"t","exp":1700003600\#(claims)}"#).role
    }

    @Test(arguments: [
        ("", Role.member), (#","role":null"#, .member), (#","role":[]"#, .member), (#","role":"viewer""#, .viewer),
        (#","role":"member""#, .member), (#","role":"service""#, .service), (#","role":"admin""#, .admin),
        (#","role":["viewer","admin"]"#, .admin), (#","role":["editor","member"]"#, .member),
        // What means nothing here is the least.
        (#","role":"authenticated""#, .viewer), (#","role":["editor"]"#, .viewer), (#","role":"Admin""#, .viewer),
        (#","role":"admin ""#, .viewer), (#","role":"""#, .viewer), (#","role":7"#, .viewer),
        (#","role":true"#, .viewer),
        (#","role":[true]"#, .viewer), (#","role":{"admin":true}"#, .viewer), (#","role":[["admin"]]"#, .viewer),
        (",\"role\":\"\u{212A}\"", .viewer),
    ])
    func `without settings our own names count`(claims: String, expected: Role) throws {
        #expect(try role(claims) == expected)
    }

    @Test(arguments: [
        (#"{"roles":["offline_access","boards-admin"]}"#, Role.admin), (#"{"roles":["staff","bot"]}"#, .service),
        (#"{"roles":["offline_access"]}"#, .viewer), (#"{"roles":"staff"}"#, .member), (#"{"roles":[]}"#, .viewer),
        (#"{"roles":{"staff":{"7":"acme.example"},"bot":false}}"#, .member),
        (#"{"roles":{"boards-admin":{}}}"#, .admin),
        (#"{"roles":["admin","service"]}"#, .viewer), (#"{"roles":["member","x"]}"#, .member), ("{}", .viewer),
        (#"{"roles":["Boards-Admin"]}"#, .viewer),
    ])
    func `a map says what the names of an issuer mean`(access: String, expected: Role) throws {
        let rules = RoleRules(claim: "realm_access.roles", map: map, fallback: .viewer)
        #expect(try role(#","role":"admin","realm_access":\#(access)"#, by: rules) == expected)
    }

    @Test(arguments: [
        (#""scope":"openid tasks:write""#, Role.member), (#""scope":"openid boards:admin tasks:write""#, .admin),
        (#""scope":"openid profile""#, .viewer), (#""scope":"tasks:write""#, .member),
        (#""scope":["openid","tasks:write"]"#, .member), (#""scope":"  tasks:write ""#, .member),
        (#""scope":"""#, .service), ("\"x\":1", .service),
        (#""scope":"tasks:writer""#, .viewer), (#""scope":"openid,tasks:write""#, .viewer),
        (#""scope":"admin""#, .viewer),
        (#""scope":["openid tasks:write"]"#, .viewer),
    ])
    func `each word of a scope is a name`(claims: String, expected: Role) throws {
        let map = try #require(RoleMap([("boards:admin", .admin), ("tasks:write", .member)]))
        let rules = RoleRules(claim: "scope", map: map, fallback: .service)
        #expect(try role("," + claims, by: rules) == expected)
        let entra = RoleRules(claim: "x.scp", map: map, fallback: .service)
        let scp = claims.replacing("scope", with: "scp")
        #expect(try role(#","x":{\#(scp)}"#, by: entra) == expected)
    }

    @Test func `a name in another claim may have spaces`() throws {
        let map = try #require(RoleMap([("Board users", .member), ("admin", .admin)]))
        let rules = RoleRules(claim: "groups", map: map)
        #expect(try role(#","groups":"Board users""#, by: rules) == .member)
        #expect(try role(#","groups":"no admin""#, by: rules) == .viewer)
    }

    @Test func `a foreign admin is not ours unless it is mapped`() throws {
        for name in ["admin", "service"] {
            let claims = #","role":"\#(name)","roles":["\#(name)"]"#
            #expect(try role(claims, by: RoleRules(map: map)) == .viewer)
            #expect(try role(claims, by: RoleRules(claim: "roles")) == .viewer)
            #expect(try role(claims, by: RoleRules(claim: "roles", map: map, fallback: .admin)) == .viewer)
            let mapped = RoleRules(claim: "roles", map: try #require(RoleMap([(name, .member)])))
            #expect(try role(claims, by: mapped) == .member)
        }
    }

    @Test func `names are compared by bytes`() throws {
        let kelvin = try #require(RoleMap([("K", .admin)]))
        #expect(try role(",\"role\":\"\u{212A}\"", by: RoleRules(map: kelvin)) == .viewer)
        #expect(RoleMap([("a", .admin), ("a", .viewer)]) == nil)
        #expect(RoleMap([("K", .admin), ("\u{212A}", .viewer)]) != nil)
    }

    @Test func `the rules of a key come before the general ones`() throws {
        let key = try TokenKey(secret: Samples.secret)
        let own = key.bound(toIssuer: "https://a", roles: RoleRules(claim: "groups", map: map))
        let verifier = TokenVerifier(keys: KeySet([own]))
        let payload = #"{"sub":"u","tenant":"t","exp":1700003600,"iss":"https://a","role":"admin","groups":["staff"]}"#
        #expect(try verifier.verify(TokenSigner(key: key).sign(Array(payload.utf8)), at: Samples.now).role == .member)
    }

    @Test func `a role has a name that a token can say, or none`() {
        #expect(RoleRules().name(of: .admin) == "admin")
        #expect(RoleRules(map: map).name(of: .admin) == "boards-admin")
        #expect(RoleRules(claim: "groups").name(of: .admin) == nil)
        #expect(RoleRules(claim: "groups").name(of: .member) == "member")
    }

    @Test func `why a token's role and tenant came out so is told`() throws {
        func reasons(_ claims: String, _ rules: TokenRules) throws -> TokenReasons {
            let issuer = try Issuer(rules)
            let token = try issuer.token(#"{"sub":"u","exp":1700003600\#(claims)}"#)
            let reasons = try issuer.verifier.reasons(of: token, at: Samples.now)
            #expect(try reasons.principal.role == issuer.verifier.verify(token, at: Samples.now).role)
            return reasons
        }
        let rules = TokenRules(tenant: TenantID("acme"), roles: RoleRules(claim: "groups", map: map))
        let mapped = try reasons(#","groups":["x","staff","guest"]"#, rules)
        #expect(mapped.role == .mapped("staff") && mapped.tenant == .setting)
        let scopes = TokenRules(tenant: TenantID("acme"), roles: RoleRules(claim: "scope", map: map))
        #expect(try reasons(#","scope":"openid staff""#, scopes).role == .mapped("staff"))
        #expect(try reasons(#","scope":"openid email""#, scopes).role == .unknown(["openid", "email"]))
        #expect(try reasons(#","scope":"""#, scopes).role == .absent)
        #expect(try reasons(#","groups":["x",7,"admin"]"#, rules).role == .unknown(["x", "7", "admin"]))
        #expect(try reasons(#","tenant":"t""#, rules).tenant == .claim("tenant"))
        #expect(try reasons(#","tenant":"t""#, TokenRules()).role == .absent)
        #expect(try reasons(#","tenant":"t","role":"admin""#, TokenRules()).role == .ours("admin"))
    }
}
