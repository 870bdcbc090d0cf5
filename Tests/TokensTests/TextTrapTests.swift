import Events
import Testing

@testable import Tokens

/// Where Swift's text equality and its characters are not those of the bytes.
@Suite struct TextTrapTests {
    let issuer = try! Issuer()

    @Test func `Swift takes these for the same, and we do not`() {
        #expect("\u{212A}" == "K")
        #expect("caf\u{E9}" == "cafe\u{301}")
        #expect("a\r\nb".firstIndex(of: "\n") == nil)
    }

    @Test func `a look-alike of a tenant's letters is no tenant`() {
        for tenant in ["\u{212A}elvin", "caf\u{E9}", "cafe\u{301}", "acme\u{200D}", "аcme", "ａcme"] {
            #expect(throws: TokenError.tenant) {
                try issuer.verify(#"{"sub":"u1","tenant":"\#(tenant)","exp":1700003600}"#)
            }
        }
    }

    @Test func `a name that only looks like a claim's is not that claim`() throws {
        let rules = TokenRules(tenantClaim: "K")
        #expect(throws: TokenError.tenantMissing) {
            try Issuer(rules).verify("{\"sub\":\"u1\",\"\u{212A}\":\"acme\",\"exp\":1700003600}")
        }
        #expect(
            try Issuer(rules).verify("{\"sub\":\"u1\",\"\u{212A}\":\"x\",\"K\":\"acme\",\"exp\":1700003600}").tenant
                .rawValue
                == "acme")
    }

    @Test func `issuer, audience and key id are compared by bytes`() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let strict = try Issuer(TokenRules(issuer: composed, audience: composed))
        func payload(_ iss: String, _ aud: String) -> String {
            #"{"sub":"u1","tenant":"acme","exp":1700003600,"iss":"\#(iss)","aud":"\#(aud)"}"#
        }
        #expect(try strict.verify(payload(composed, composed)).user.rawValue == "u1")
        #expect(throws: TokenError.issuer) { try strict.verify(payload(decomposed, composed)) }
        #expect(throws: TokenError.audience) { try strict.verify(payload(composed, decomposed)) }

        let key = try TokenKey(secret: Samples.secret, keyID: composed)
        let token = try TokenSigner(key: key).sign(Array(Samples.payload.utf8), keyID: decomposed)
        #expect(throws: TokenError.noMatchingKey) {
            try TokenVerifier(keys: KeySet([key])).verify(token, at: Samples.now)
        }
    }

    @Test func `issuers that Swift takes for one have keys of their own`() throws {
        let keys = [
            try TokenKey(secret: Array(repeating: 1, count: 32)).bound(toIssuer: "caf\u{E9}"),
            try TokenKey(secret: Array(repeating: 2, count: 32)).bound(toIssuer: "cafe\u{301}"),
        ]
        let verifier = TokenVerifier(keys: KeySet(keys))
        for (key, iss, isGood) in [
            (0, "caf\u{E9}", true), (1, "cafe\u{301}", true), (0, "cafe\u{301}", false), (1, "caf\u{E9}", false),
        ] {
            let payload = #"{"sub":"u1","tenant":"acme","exp":1700003600,"iss":"\#(iss)"}"#
            let token = try TokenSigner(key: keys[key]).sign(Array(payload.utf8))
            #expect(((try? verifier.verify(token, at: Samples.now)) != nil) == isGood)
        }
    }

    @Test func `subjects of other bytes stay other subjects`() throws {
        let composed = try issuer.verify("{\"sub\":\"caf\u{E9}\",\"tenant\":\"acme\",\"exp\":1700003600}").user.rawValue
        let decomposed = try issuer.verify("{\"sub\":\"cafe\u{301}\",\"tenant\":\"acme\",\"exp\":1700003600}").user
            .rawValue
        #expect(Array(composed.utf8) != Array(decomposed.utf8))
    }

    @Test func `line ends in a token are refused as bytes`() throws {
        let token = try issuer.token(Samples.payload)
        for bad in [token + "\r\n", "\r\n" + token, token.replacing(".", with: ".\r\n"), token + "\u{301}"] {
            #expect(throws: TokenError.notBase64URL) { try issuer.verifier.verify(bad, at: Samples.now) }
        }
    }

    @Test func `a token is the same as a string, a part of one, or bytes`() throws {
        let token = try issuer.token(Samples.payload)
        let header = "Bearer " + token
        #expect(try issuer.verifier.verify(header.dropFirst(7), at: Samples.now).user.rawValue == "u1")
        let fromBytes = try Array(token.utf8).withUnsafeBytes { try issuer.verifier.verify($0, at: Samples.now) }
        #expect(fromBytes.user.rawValue == "u1")
    }
}
