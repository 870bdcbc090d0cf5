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
        (#"{"sub":7,"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":null,"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":["u1"],"tenant":"acme","exp":1700003600}"#, .subject),
        (#"{"sub":"u1","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":"","exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":null,"exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":1,"exp":1700003600}"#, .tenant),
        (#"{"sub":"u1","tenant":["acme"],"exp":1700003600}"#, .tenant),
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
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"role":"owner"}"#, .role),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"role":"Admin"}"#, .role),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"role":""}"#, .role),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"role":null}"#, .role),
        (#"{"sub":"u1","tenant":"acme","exp":1700003600,"role":["admin"]}"#, .role),
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
        #expect(throws: TokenError.tenant) {
            try nested.verify(#"{"sub":"u1","exp":1700003600,"app":{"org":"acme"},"tenant":"other"}"#)
        }
    }

    @Test func `a tenant claim with dots in its name is found by its whole name`() throws {
        let named = try Issuer(TokenRules(tenantClaim: "https://example.com/tenant"))
        #expect(
            try named.verify(#"{"sub":"u1","exp":1700003600,"https://example.com/tenant":"acme"}"#).tenant.rawValue
                == "acme")
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
