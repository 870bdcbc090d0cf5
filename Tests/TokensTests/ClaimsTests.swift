import Events
import TestSupport
import Testing

@testable import Tokens

@Suite struct ClaimsTests {
    let issuer = try! Issuer()

    @Test func `every claim is read`() throws {
        let principal = try issuer.verify(
            #"{"sub":"u1","tenant":"a.b_c-9","exp":1700000100,"nbf":1699999999,"iat":1699999990.25,"jti":"t1","#
                + #""iss":"https://issuer","role":"service","boards":["main","ops"],"unknown":{"a":[1,null]}}"#)
        #expect(principal.user.rawValue == "u1")
        #expect(principal.tenant.rawValue == "a.b_c-9")
        #expect(principal.expiresAt == 1_700_000_100_000)
        #expect(principal.notBefore == 1_699_999_999_000)
        #expect(principal.issuedAt == 1_699_999_990_250)
        #expect(principal.tokenID == "t1")
        #expect(principal.issuer == "https://issuer")
        #expect(principal.role == .service)
        #expect(principal.boards == .only([BoardID("main")!, BoardID("ops")!]))
    }

    @Test func `the three required claims are enough for a member of all boards`() throws {
        let principal = try issuer.verify(Samples.payload)
        #expect(principal.role == .member)
        #expect(principal.boards == .all)
        #expect(
            principal.notBefore == nil && principal.issuedAt == nil && principal.tokenID == nil
                && principal.issuer == nil)
    }

    @Test(arguments: [
        (#"{"tenant":"acme","exp":1700003600}"#, TokenError.subject),
        (#"{"sub":"","tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":7.5,"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":true,"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":null,"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":["u1"],"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":"u1","exp":1700003600}"#, .tenantMissing),
        (#"{"sub":"u1","tenant":"","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":null,"exp":1700003600}"#, .tenantMissing),
        (#"{"sub":"u1","tenant":[],"exp":1700003600}"#, .tenantMissing),
        (#"{"sub":"u1","tenant":{},"exp":1700003600}"#, .tenantMissing),
        (#"{"sub":"u1","tenant":{"acme":false},"exp":1700003600}"#, .tenantMissing),
        (#"{"sub":"u1","tenant":1.5,"exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":true,"exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":[["acme"]],"exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":["acme","globex"],"exp":1700003600}"#, .severalTenants),
        (#"{"sub":"u1","tenant":["acme",null],"exp":1700003600}"#, .severalTenants),
        (#"{"sub":"u1","tenant":{"acme":{},"globex":{}},"exp":1700003600}"#, .severalTenants),
        (#"{"sub":"u1","tenant":"ac me","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":"acme/","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":"acme\u0000","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":"acme\r\n","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":"acme"}"#, .expiryMissing),
        (#"{"sub":"u1","tenant":"acme","exp":null}"#, .notADate),
        (#"{"sub":"u1","tenant":"acme","exp":"1700003600"}"#, .notADate),
        (#"{"sub":"u1","tenant":"acme","exp":true}"#, .notADate),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"nbf":"0"}"#, .notADate),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"iat":{}}"#, .notADate),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"jti":7}"#, .tokenID),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"iss":7}"#, .issuer),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"boards":null}"#, .boards),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"boards":"main"}"#, .boards),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"boards":{"main":true}}"#, .boards),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"boards":["main",7]}"#, .boards),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"boards":["main",null]}"#, .boards),
    ])
    func `a claim of the wrong kind is refused by its own rule`(payload: String, rule: TokenError) {
        #expect(throws: rule) { try issuer.verify(payload) }
    }

    @Test func `lengths are counted in bytes`() throws {
        func payload(sub: String = "u1", tenant: String = "acme") -> String {
            #"{"sub":"\#(sub)","tenant":"\#(tenant)","exp":1700003600}"#
        }
        #expect(try issuer.verify(payload(sub: String(repeating: "u", count: 255))).user.rawValue.utf8.count == 255)
        #expect(throws: TokenError.subject) { try issuer.verify(payload(sub: String(repeating: "u", count: 256))) }
        #expect(throws: TokenError.subject) { try issuer.verify(payload(sub: String(repeating: "é", count: 128))) }
        #expect(try issuer.verify(payload(tenant: String(repeating: "t", count: 64))).tenant.rawValue.utf8.count == 64)
        #expect(throws: TokenError.tenant) { try issuer.verify(payload(tenant: String(repeating: "t", count: 65))) }
    }

    @Test(arguments: ["[]", "\"text\"", "7", "null", "", "{", "{}x", #"{"sub":"a",}"#])
    func `a payload that is no JSON object is refused`(payload: String) {
        #expect(throws: TokenError.payloadNotJSON) { try issuer.verify(payload) }
    }

    @Test func `the tenant claim may lie down a path`() throws {
        let nested = try Issuer(TokenRules(tenantClaim: "app.org.tenant"))
        let principal = try nested.verify(
            #"{"sub":"u1","exp":1700003600,"app":{"org":{"tenant":"acme"}},"tenant":"other"}"#)
        #expect(principal.tenant.rawValue == "acme")
        #expect(throws: TokenError.tenantMissing) {
            try nested.verify(#"{"sub":"u1","exp":1700003600,"app":{"org":"acme"},"tenant":"other"}"#)
        }
    }

    @Test func `a tenant claim with dots in its name is found by its whole name`() throws {
        let named = try Issuer(TokenRules(tenantClaim: "https://example.com/tenant"))
        #expect(
            try named.verify(#"{"sub":"u1","exp":1700003600,"https://example.com/tenant":"acme"}"#).tenant.rawValue
                == "acme")
    }

    @Test(arguments: [
        ("kubernetes.io.namespace", #""kubernetes.io":{"namespace":"acme"}"#),
        ("https://example.com/app.tenant", #""https://example.com/app":{"tenant":"acme"}"#),
        ("a.b.c", #""a":{"b.c":"acme"}"#), ("a.b.c", #""a.b":{"c":"acme"},"a":{"b.c":"other"}"#),
        ("a.b.c", #""a.b.c":"acme","a.b":{"c":"other"}"#), ("a..b", #""a.":{"b":"acme"}"#),
    ])
    func `at each step of a path the longest name that is there counts`(path: String, claims: String) throws {
        let issuer = try Issuer(TokenRules(tenantClaim: ClaimPath(path)))
        #expect(try issuer.verify(#"{"sub":"u1","exp":1700003600,\#(claims)}"#).tenant.rawValue == "acme")
    }

    @Test func `no shorter name is tried after the longest that is there`() throws {
        let issuer = try Issuer(TokenRules(tenantClaim: "a.b.c"))
        #expect(throws: TokenError.tenantMissing) {
            try issuer.verify(#"{"sub":"u1","exp":1700003600,"a.b":{},"a":{"b":{"c":"acme"}}}"#)
        }
    }

    @Test(arguments: [
        (#"["acme"]"#, "acme"), (#"{"acme":{"id":"7"}}"#, "acme"), (#"{"acme":{}}"#, "acme"), ("42", "42"),
        ("[42]", "42"), ("42.0", "42"), ("123456789012345678901234567890", "123456789012345678901234567890"),
    ])
    func `a number, a list of one and an object of one member name a tenant`(value: String, tenant: String) throws {
        #expect(try issuer.verify(#"{"sub":"u1","exp":1700003600,"tenant":\#(value)}"#).tenant.rawValue == tenant)
    }

    @Test(arguments: [("7", "7"), ("-7", "-7"), ("7e2", "700"), ("12345678901234567890123", "12345678901234567890123")])
    func `a whole number is a user`(value: String, user: String) throws {
        #expect(try issuer.verify(#"{"sub":\#(value),"exp":1700003600,"tenant":"acme"}"#).user.rawValue == user)
    }

    @Test func `tokens that name no tenant are of the one that is set`() throws {
        let issuer = try Issuer(TokenRules(tenant: TenantID("acme")))
        for (claim, tenant) in [("", "acme"), (#","tenant":null"#, "acme"), (#","tenant":"own""#, "own")] {
            #expect(try issuer.verify(#"{"sub":"u1","exp":1700003600\#(claim)}"#).tenant.rawValue == tenant)
        }
        // What can't be a tenant's name is not as if it were absent.
        for claim in [#""a b""#, #""""#, "true", #"["a","b"]"#] {
            #expect(throws: TokenError.self) { try issuer.verify(#"{"sub":"u1","exp":1700003600,"tenant":\#(claim)}"#) }
        }
    }

    @Test func `without aud the client that the token was made for counts`() throws {
        let strict = try Issuer(TokenRules(audience: "boards"))
        func payload(_ more: String) -> String { #"{"sub":"u1","tenant":"acme","exp":1700003600,\#(more)}"# }
        for more in [
            #""client_id":"boards""#, #""azp":"boards""#, #""client_id":"boards","azp":"x""#,
            #""aud":null,"azp":"boards""#,
        ] { #expect(try strict.verify(payload(more)).user.rawValue == "u1") }
        for more in [
            #""client_id":"x","azp":"boards""#, #""client_id":["boards"]"#, #""azp":"Boards""#,
            #""aud":"x","client_id":"boards""#, #""aud":[],"azp":"boards""#,
        ] { #expect(throws: TokenError.audience, "\(more)") { try strict.verify(payload(more)) } }
    }

    @Test func `the issuer must be the one that is set, byte by byte`() throws {
        let strict = try Issuer(TokenRules(issuer: "https://issuer"))
        func payload(_ iss: String) -> String { #"{"sub":"u1","tenant":"acme","exp":1700003600\#(iss)}"# }
        #expect(try strict.verify(payload(#","iss":"https://issuer""#)).issuer == "https://issuer")
        for iss in [
            "", #","iss":"https://issuer/""#, #","iss":"https://issue""#, #","iss":"HTTPS://issuer""#,
            #","iss":"https://issuer ""#, #","iss":["https://issuer"]"#, #","iss":"""#, #","iss":null"#,
        ] {
            #expect(throws: TokenError.issuer, "\(iss)") { try strict.verify(payload(iss)) }
        }
    }

    @Test func `the audience must be the one that is set, or an array that has it`() throws {
        let strict = try Issuer(TokenRules(audience: "boards"))
        func payload(_ aud: String) -> String { #"{"sub":"u1","tenant":"acme","exp":1700003600\#(aud)}"# }
        for aud in [#","aud":"boards""#, #","aud":["boards"]"#, #","aud":["a","boards"]"#] {
            #expect(try strict.verify(payload(aud)).user.rawValue == "u1")
        }
        for aud in [
            "", #","aud":"""#, #","aud":[]"#, #","aud":"board""#, #","aud":"boards2""#, #","aud":"Boards""#,
            #","aud":[["boards"]]"#, #","aud":{"boards":1}"#, #","aud":["boards",7]"#, #","aud":null"#, #","aud":true"#,
        ] {
            #expect(throws: TokenError.audience, "\(aud)") { try strict.verify(payload(aud)) }
        }
        #expect(try issuer.verify(payload(#","aud":"whoever""#)).user.rawValue == "u1")
    }
}
