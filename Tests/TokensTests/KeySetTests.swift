import Events
import StrictJSON
import Testing

@testable import Tokens

@Suite struct KeySetTests {
    private let payload = Array(#"{"sub":"u1","tenant":"acme","exp":1700003600,"iss":"https://a"}"#.utf8)

    private func secret(_ letter: Character, keyID: String? = nil) throws -> TokenKey {
        try TokenKey(secret: Array(String(repeating: letter, count: 32).utf8), keyID: keyID)
    }

    private func verify(_ token: String, with keys: [TokenKey]) throws -> Principal {
        try TokenVerifier(keys: KeySet(keys)).verify(token, at: Samples.now)
    }

    @Test func `the key id chooses the key`() throws {
        let keys = [try secret("a", keyID: "1"), try secret("b", keyID: "2")]
        for key in keys {
            #expect(try verify(TokenSigner(key: key).sign(payload), with: keys).user.rawValue == "u1")
        }
        let misnamed = try TokenSigner(key: keys[0]).sign(payload, keyID: "2")
        #expect(throws: TokenError.signatureMismatch) { try verify(misnamed, with: keys) }
        let unknown = try TokenSigner(key: keys[0]).sign(payload, keyID: "3")
        #expect(throws: TokenError.noMatchingKey) { try verify(unknown, with: keys) }
    }

    @Test func `a token without a key id is tried with every key for its algorithm`() throws {
        let keys = [try secret("a", keyID: "1"), try secret("b", keyID: "2")]
        let token = try TokenSigner(key: secret("b")).sign(payload)
        #expect(try verify(token, with: keys).user.rawValue == "u1")
    }

    @Test func `a key without an id fits a token with one`() throws {
        let token = try TokenSigner(key: secret("a", keyID: "whatever")).sign(payload)
        #expect(try verify(token, with: [secret("a")]).user.rawValue == "u1")
    }

    @Test func `no token makes us try more keys than a few`() throws {
        let keys = try "abcdefghijklmnop".map { try secret($0) }
        #expect(keys.count > KeySet.mostTries)
        let last = try TokenSigner(key: keys[keys.count - 1]).sign(payload)
        #expect(throws: TokenError.signatureMismatch) { try verify(last, with: keys) }
    }

    @Test func `a key bound to an issuer is for that issuer's tokens alone`() throws {
        let bound = try secret("a").bound(toIssuer: "https://a")
        let token = try TokenSigner(key: secret("a")).sign(payload)
        #expect(try verify(token, with: [bound]).issuer == "https://a")
        let other = try secret("a").bound(toIssuer: "https://b")
        #expect(throws: TokenError.noMatchingKey) { try verify(token, with: [other]) }
    }

    @Test func `the same key id of two issuers is two keys`() throws {
        let keys = [
            try secret("a", keyID: "1").bound(toIssuer: "https://a"),
            try secret("b", keyID: "1").bound(toIssuer: "https://b"),
        ]
        #expect(try verify(TokenSigner(key: secret("a", keyID: "1")).sign(payload), with: keys).user.rawValue == "u1")
        let crossed = try TokenSigner(key: secret("b", keyID: "1")).sign(payload)
        #expect(throws: TokenError.signatureMismatch) { try verify(crossed, with: keys) }
    }

    @Test func `an unbound key does not speak for an issuer that has its own`() throws {
        let own = try secret("a").bound(toIssuer: "https://a")
        let token = try TokenSigner(key: secret("z")).sign(payload)
        #expect(throws: TokenError.signatureMismatch) { try verify(token, with: [own, secret("z")]) }
        #expect(try verify(token, with: [secret("z")]).user.rawValue == "u1")
    }

    @Test func `the tokens of an issuer that is bound to a tenant need not name it`() throws {
        let key = try secret("a").bound(toIssuer: "https://a", tenant: "acme")
        let rules = TokenRules(tenant: TenantID("general"), tenantsWithIssuer: ["acme"])
        let verifier = TokenVerifier(keys: KeySet([key]), rules: rules)
        for (claim, error) in [
            ("", nil), (#","tenant":null"#, nil), (#","tenant":["acme"]"#, nil),
            (#","tenant":"globex""#, .tenantOfAnotherIssuer), (#","tenant":"general""#, .tenantOfAnotherIssuer),
            (#","tenant":["acme","globex"]"#, .severalTenants), (#","tenant":"""#, .tenant),
        ] as [(String, TokenError?)] {
            let payload = Array(#"{"sub":"u1","exp":1700003600,"iss":"https://a"\#(claim)}"#.utf8)
            let token = try TokenSigner(key: secret("a")).sign(payload)
            if let error {
                #expect(throws: error) { try verifier.verify(token, at: Samples.now) }
            } else {
                #expect(try verifier.verify(token, at: Samples.now).tenant.rawValue == "acme")
            }
        }
    }

    @Test func `an issuer bound to a tenant speaks for no other`() throws {
        let token = try TokenSigner(key: secret("a")).sign(payload)
        let acme = try secret("a").bound(toIssuer: "https://a", tenant: "acme")
        #expect(try verify(token, with: [acme]).tenant.rawValue == "acme")
        let globex = try secret("a").bound(toIssuer: "https://a", tenant: "globex")
        #expect(throws: TokenError.tenantOfAnotherIssuer) { try verify(token, with: [globex]) }
    }

    @Test func `no key speaks for an issuer whose own keys are not here yet`() throws {
        let token = try TokenSigner(key: secret("a")).sign(payload)
        let verifier = TokenVerifier(keys: KeySet([try secret("a")], issuers: ["https://a"]))
        #expect(throws: TokenError.noMatchingKey) { try verifier.verify(token, at: Samples.now) }
        #expect(verifier.missingKey(of: token[...])?.issuer == "https://a")
        #expect(verifier.missingKey(of: "no token") == nil)
    }

    @Test func `a token lacks a key when none has its key id`() throws {
        func lacks(_ keyID: String?, among keys: [TokenKey]) throws -> Bool {
            let token = try TokenSigner(key: secret("z")).sign(payload, keyID: keyID)
            return TokenVerifier(keys: KeySet(keys)).missingKey(of: token[...]) != nil
        }
        let (named, unnamed) = (try secret("a", keyID: "1"), try secret("b"))
        #expect(try lacks("2", among: [named]) && lacks("2", among: [named, unnamed]) && lacks("2", among: []))
        #expect(try !lacks("1", among: [named]) && !lacks("1", among: [named, unnamed]))
        #expect(try !lacks(nil, among: [named]) && lacks(nil, among: []))
        #expect(try lacks("1", among: [named.bound(toIssuer: "https://b")]))
    }

    @Test func `a tenant that has an issuer is named by its tokens alone`() throws {
        let rules = TokenRules(tenantsWithIssuer: ["acme"])
        let token = try TokenSigner(key: secret("a")).sign(payload)
        let own = try secret("a").bound(toIssuer: "https://a", tenant: "acme")
        #expect(
            try TokenVerifier(keys: KeySet([own]), rules: rules).verify(token, at: Samples.now).tenant.rawValue
                == "acme")
        for key in [try secret("a"), try secret("a").bound(toIssuer: "https://a")] {
            let verifier = TokenVerifier(keys: KeySet([key]), rules: rules)
            #expect(throws: TokenError.tenantOfAnotherIssuer) { try verifier.verify(token, at: Samples.now) }
        }
    }

    @Test func `a key's own audience comes before the general one`() throws {
        let key = try secret("a").bound(toIssuer: "https://a", tenant: "acme", audience: "own")
        let verifier = TokenVerifier(keys: KeySet([key]), rules: TokenRules(audience: "general"))
        for (audience, isGood) in [("own", true), ("general", false)] {
            let payload =
                #"{"sub":"u","tenant":"acme","exp":1700003600,"iss":"https://a","aud":"\#(audience)"}"#
            let token = try TokenSigner(key: secret("a")).sign(Array(payload.utf8))
            #expect(((try? verifier.verify(token, at: Samples.now)) != nil) == isGood)
        }
    }

    @Test func `a narrowed key is for what is left of its algorithms`() throws {
        let key = try secret("a").bound(toIssuer: "https://a", tenant: "acme", audience: "own")
        let narrow = try #require(key.narrowed(to: [.hs512, .es256]))
        #expect(narrow.algorithms == [.hs512])
        #expect(narrow.issuer == "https://a" && narrow.tenant == "acme" && narrow.audience == "own")
        #expect(key.narrowed(to: [.es256]) == nil)
    }

    @Test func `a bound key asks for its own issuer, not the general one`() throws {
        let token = try TokenSigner(key: secret("a")).sign(payload)
        let keys = KeySet([try secret("a").bound(toIssuer: "https://a")])
        let verifier = TokenVerifier(keys: keys, rules: TokenRules(issuer: "https://general"))
        #expect(try verifier.verify(token, at: Samples.now).issuer == "https://a")
    }

    @Test func `entries of a JWK set that we cannot use are skipped`() throws {
        let good = try Samples.vector(for: .es256).publicJWK.with("kid", .string("good"))
        let entries: [JSONValue] = [
            .object(good.with("kty", .string("AKP"))), .object(good.with("use", .string("enc"))),
            .object(good.with("x", nil)), .object(JSONObject()), .null, .string("key"), .object(good),
        ]
        let set = JSONObject().with("keys", .array(entries)).with("other", .bool(true))
        #expect(try KeySet(jwkSet: set.bytes).keys.map(\.keyID) == ["good"])
    }

    @Test func `a JWK set without a key for us is refused, and so is what is no set`() {
        #expect(throws: KeyError.noUsableKey) { try KeySet(jwkSet: #"{"keys":[]}"#.utf8) }
        #expect(throws: KeyError.noUsableKey) { try KeySet(jwkSet: #"{"keys":[{"kty":"AKP"}]}"#.utf8) }
        for text in ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#] {
            #expect(throws: KeyError.notJWK) { try KeySet(jwkSet: text.utf8) }
        }
    }

    @Test func `a set without keys lets nobody in`() throws {
        #expect(throws: TokenError.noMatchingKey) { try verify(Issuer().token(Samples.payload), with: []) }
    }

    @Test func `a verifier trusts the key of a principal as long as it has that key for it`() throws {
        func trusts(_ keys: [TokenKey], issuers: [String] = [], rules: TokenRules = TokenRules()) throws -> Bool {
            let principal = try verify(TokenSigner(key: secret("a")).sign(payload), with: [secret("b"), secret("a")])
            return TokenVerifier(keys: KeySet(keys, issuers: issuers), rules: rules).trustsKey(of: principal)
        }
        let (a, b) = (try secret("a", keyID: "another name"), try secret("b"))
        #expect(try trusts([b, a]) && !trusts([b]) && !trusts([]))
        #expect(try trusts([a.bound(toIssuer: "https://a")]) && !trusts([a.bound(toIssuer: "https://b")]))
        // The issuer has keys of its own now, of which this is none.
        #expect(try !trusts([a, b.bound(toIssuer: "https://a")]) && !trusts([a], issuers: ["https://a"]))
        #expect(try trusts([a.bound(toIssuer: "https://a", tenant: "acme")]))
        #expect(try !trusts([a.bound(toIssuer: "https://a", tenant: "other")]))
        var rules = TokenRules()
        rules.tenantsWithIssuer = ["acme"]
        #expect(try !trusts([a], rules: rules))
        // What the gateway does by itself.
        let own = Principal(tenant: TenantID("acme")!, user: UserID("ann")!)
        #expect(TokenVerifier(keys: KeySet([])).trustsKey(of: own))
    }

    @Test func `a key is the same in a file and in a set`() throws {
        let jwk = #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
            -----END PUBLIC KEY-----
            """
        #expect(try KeySet(jwkSet: Array(jwk.utf8)).keys.map(\.id) == [TokenKey(pem: Array(pem.utf8)).id])
        #expect(try secret("a").id != secret("b").id)
    }
}
