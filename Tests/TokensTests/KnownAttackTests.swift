import Events
import StrictJSON
import Testing

@testable import Tokens

/// What has fooled other verifiers, one test for each way.
@Suite struct KnownAttackTests {
    let issuer = try! Issuer()

    // MARK: Algorithms

    /// CVE-2015-9235, CVE-2022-23540.
    @Test(arguments: ["none", "None", "NONE", "nOnE", "NoNe", ""])
    func `an unsigned token is refused, however it spells none`(name: String) throws {
        for signature in ["", "AA", Base64URL.encode([UInt8](repeating: 0, count: 32))] {
            let token =
                Base64URL.encode(Array(#"{"alg":"\#(name)"}"#.utf8)) + "."
                + Base64URL.encode(Array(Samples.payload.utf8))
            #expect(throws: TokenError.algorithmNone) {
                try issuer.verifier.verify(token + "." + signature, at: Samples.now)
            }
        }
    }

    /// CVE-2015-9235, CVE-2016-5431, CVE-2016-10555: HMAC with the public key's text as the secret.
    @Test func `a public key is never an HMAC secret for a token that says HS256`() throws {
        let verifier = try Samples.verifier()
        for file in [
            "rfc7515-a2-public.pem", "rfc7515-a2-public.der", "rfc7515-a2-public-pkcs1.pem",
            "rfc7515-a2-certificate.pem",
        ] {
            let forged = try forge(secret: Vector.file("Keys/" + file))
            let onlyRSA = TokenVerifier(keys: KeySet([try Samples.key(for: .rs256)]))
            #expect(throws: TokenError.noMatchingKey) { try onlyRSA.verify(forged, at: Samples.now) }
            #expect(throws: TokenError.signatureMismatch) { try verifier.verify(forged, at: Samples.now) }
        }
    }

    /// CVE-2022-29217, CVE-2024-33663, CVE-2023-48223, and CVE-2026-34950, where a leading space was enough.
    @Test(arguments: [
        "rfc7515-a2-public.pem", "rfc7515-a2-public-pkcs1.pem", "rfc7515-a2-public.der", "rfc7515-a2-public.ssh",
        "rfc7515-a2-certificate.pem", "rfc7515-a2-certificate.der", "rfc7515-a2-private-pkcs8.pem",
        "rfc7515-a3-public.pem",
    ])
    func `a key in any usual encoding is not taken for a secret`(file: String) throws {
        let bytes = try Vector.file("Keys/" + file)
        #expect(throws: KeyError.secretIsAKey) { try TokenKey(secret: bytes) }
        guard !file.hasSuffix(".der") else { return }
        for space in [" ", "\n", "\t", "\u{FEFF}", "\0"] {
            #expect(throws: KeyError.secretIsAKey) { try TokenKey(secret: Array(space.utf8) + bytes) }
        }
    }

    @Test func `a JWK's text is not taken for a secret`() throws {
        let jwk = try Samples.vector(for: .rs256).publicJWK
        #expect(throws: KeyError.secretIsAKey) { try TokenKey(secret: jwk.bytes) }
    }

    /// CVE-2026-22817: the algorithm was the token's when the JWK named none. CVE-2022-23541: wrong kind of key.
    @Test func `a key verifies its own algorithms only, whatever the token names`() throws {
        for signing in Algorithm.allCases {
            let key = try Samples.key(for: signing)
            let parts = try Samples.token(by: signing).split(separator: ".")
            for claimed in Algorithm.allCases where claimed != signing {
                let header = Base64URL.encode(Array(#"{"alg":"\#(claimed.rawValue)","typ":"JWT"}"#.utf8))
                let token = "\(header).\(parts[1]).\(parts[2])"
                #expect(throws: key.algorithms.contains(claimed) ? TokenError.signatureMismatch : .noMatchingKey) {
                    try TokenVerifier(keys: KeySet([key])).verify(token, at: Samples.now)
                }
            }
        }
    }

    @Test func `a key whose JWK names an algorithm verifies no other of its kind`() throws {
        let jwk = try Samples.vector(for: .rs256).publicJWK.with("alg", .string("RS256"))
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(jwk: jwk)]))
        #expect(throws: TokenError.noMatchingKey) { try verifier.verify(Samples.token(by: .ps256), at: Samples.now) }
    }

    // MARK: Keys that the token brings

    /// CVE-2018-0114: the key in the header verified the token. Nothing is fetched from anywhere either. Some issuers
    /// always send `jku` or `x5c` (UAA, XSUAA), which is no reason to refuse what is signed with a key of ours.
    @Test(arguments: ["jwk", "jku", "x5u", "x5c"])
    func `a key that the token brings or points to counts for nothing`(name: String) throws {
        let own = try Samples.vector(for: .rs256).publicJWK
        for value in [.object(own), .string("https://127.0.0.1/keys"), .array([.string("MIIB")]), JSONValue.null] {
            let header = JSONObject().with("alg", .string("HS256")).with(name, value)
            let token = try issuer.token(Samples.payload, header: String(decoding: header.bytes, as: UTF8.self))
            #expect(try issuer.verifier.verify(token, at: Samples.now).user.rawValue == "u1")
            let foreign = JSONObject().with("alg", .string("RS256")).with(name, value)
            let forged = try TokenSigner(key: Samples.key(for: .rs256)).sign(
                header: foreign.bytes, payload: Array(Samples.payload.utf8))
            #expect(throws: TokenError.noMatchingKey) { try issuer.verifier.verify(forged, at: Samples.now) }
        }
    }

    /// GHSA-869p-cjfg-cm3x: the secret was looked up with what the token says.
    @Test(arguments: ["../../dev/null", "' OR 1=1 --", "/etc/passwd", "", "k1\0", "K1", "\u{212A}1"])
    func `a key id is compared and nothing else is done with it`(keyID: String) throws {
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(secret: Samples.secret, keyID: "k1")]))
        let token = try TokenSigner(key: issuer.key).sign(Array(Samples.payload.utf8), keyID: keyID)
        #expect(throws: TokenError.noMatchingKey) { try verifier.verify(token, at: Samples.now) }
    }

    // MARK: Extensions

    /// CVE-2025-59420, CVE-2026-32597, CVE-2026-35042.
    @Test(arguments: [#"["exp"],"exp":1"#, #"["b64"],"b64":true"#, #"["x"]"#, #"[]"#, #""b64""#, "null", #"["alg"]"#])
    func `a header that demands an extension is refused`(crit: String) {
        #expect(throws: TokenError.criticalExtension) {
            try issuer.verify(Samples.payload, header: #"{"alg":"HS256","crit":\#(crit)}"#)
        }
    }

    /// RFC 7797: the payload would be signed as it stands.
    @Test func `an unencoded payload is refused`() throws {
        #expect(throws: TokenError.unencodedPayload) {
            try issuer.verify(Samples.payload, header: #"{"alg":"HS256","b64":false}"#)
        }
        let message = try issuer.token(Samples.payload, header: #"{"alg":"HS256","b64":false}"#)
        #expect(throws: TokenError.unencodedPayload) { try issuer.verifier.verifySignatureOnly(message) }
    }

    // MARK: Signatures

    /// CVE-2022-21449.
    @Test(arguments: [(Algorithm.es256, 64), (.es384, 96), (.es512, 132)])
    func `an ECDSA signature of zeros is refused`(algorithm: Algorithm, size: Int) throws {
        let signed = try Samples.token(by: algorithm).split(separator: ".").prefix(2).joined(separator: ".")
        let genuine = try #require(Base64URL.decode(String(Samples.token(by: algorithm).split(separator: ".")[2])))
        let zeros = [UInt8](repeating: 0, count: size / 2)
        let ones = [UInt8](repeating: 0xFF, count: size / 2)
        for signature in [
            zeros + zeros, zeros + genuine.suffix(size / 2), genuine.prefix(size / 2) + zeros, ones + ones,
            zeros.dropLast() + [1] + zeros.dropLast() + [1],
        ] as [[UInt8]] {
            #expect(throws: TokenError.signatureMismatch) {
                try Samples.verifier().verify(signed + "." + Base64URL.encode(signature), at: Samples.now)
            }
        }
    }

    /// CVE-2020-28042, and the overflow in the conversion of ECDSA signatures in HAProxy.
    @Test(arguments: Algorithm.allCases)
    func `a signature of any other length is refused`(algorithm: Algorithm) throws {
        let verifier = try Samples.verifier()
        let parts = try Samples.token(by: algorithm).split(separator: ".")
        let genuine = try #require(Base64URL.decode(String(parts[2])))
        let lengths = Set([
            0, 1, 8, 16, 31, 32, 48, 63, 64, 65, 96, 132, 256, 257, 512, 4096, genuine.count - 1, genuine.count + 1,
        ])
        for length in lengths where length != genuine.count {
            let signature = Array((genuine + [UInt8](repeating: 0, count: 4096)).prefix(length))
            #expect(throws: TokenError.signatureMismatch, "\(length)") {
                try verifier.verify("\(parts[0]).\(parts[1]).\(Base64URL.encode(signature))", at: Samples.now)
            }
        }
    }

    @Test(arguments: [Algorithm.es256, .es384, .es512])
    func `an ECDSA signature in DER is refused`(algorithm: Algorithm) throws {
        let parts = try Samples.token(by: algorithm).split(separator: ".")
        let der = try #require(Base64URL.decode(String(parts[2]))).withUnsafeBytes { ECDSASignature.der(fromRaw: $0) }
        #expect(throws: TokenError.signatureMismatch) {
            try Samples.verifier().verify("\(parts[0]).\(parts[1]).\(Base64URL.encode(#require(der)))", at: Samples.now)
        }
    }

    /// RFC 7518 §3.5.
    @Test func `a PSS signature with a salt or mask of another kind is refused`() throws {
        let file = try JSONParser.parse(Vector.file("pss-salt-lengths.json")).object
        for token in try #require(file?["tokens"]?.object?.members) {
            let claims = try? Samples.verifier().verify(#require(token.value.string), at: Samples.now)
            #expect((claims != nil) == (token.name == "32"), "\(token.name)")
        }
    }

    /// CVE-2026-45363, CVE-2026-44351: OpenSSL 3.5 takes an empty key without a word.
    @Test func `there is no way to an empty or short HMAC secret`() throws {
        for length in 0..<32 {
            #expect(throws: KeyError.secretTooShort) { try TokenKey(secret: [UInt8](repeating: 0, count: length)) }
        }
        for k in ["", "AA", "AAAAAAAAAAAAAAAAAAAAAA"] {
            #expect(throws: KeyError.self) { try TokenKey(jwk: #"{"kty":"oct","k":"\#(k)"}"#.utf8) }
            #expect(throws: KeyError.noUsableKey) { try KeySet(jwkSet: #"{"keys":[{"kty":"oct","k":"\#(k)"}]}"#.utf8) }
        }
    }

    // MARK: Shape and size

    /// CVE-2025-30204, CVE-2025-27144.
    @Test func `a token of nothing but dots costs nothing`() {
        for count in [0, 1, 3, 4, 5, 8192, 16384] {
            #expect(throws: TokenError.notThreeParts) {
                try issuer.verifier.verify(String(repeating: ".", count: count), at: Samples.now)
            }
        }
        #expect(throws: TokenError.tooLong) {
            try issuer.verifier.verify(String(repeating: ".", count: 1_000_000), at: Samples.now)
        }
        #expect(throws: TokenError.notBase64URL) { try issuer.verifier.verify("..", at: Samples.now) }
    }

    /// CVE-2025-61920, and CVE-2024-28180 for what is compressed.
    @Test func `a token, header or payload beyond its bound is refused`() throws {
        func padded(_ count: Int) -> String {
            #"{"sub":"u1","tenant":"acme","exp":1700003600,"pad":"\#(String(repeating: "x", count: count))"}"#
        }
        #expect(try issuer.verify(padded(12_100)).user.rawValue == "u1")
        #expect(throws: TokenError.tooLong) { try issuer.verify(padded(12_300)) }
        let chain = String(repeating: "k", count: 5000)
        #expect(
            try issuer.verify(Samples.payload, header: #"{"alg":"HS256","x5c":["\#(chain)"]}"#).user.rawValue == "u1")
        #expect(throws: TokenError.encryptedOrCompressed) {
            try issuer.verify(Samples.payload, header: #"{"alg":"HS256","zip":"DEF"}"#)
        }
    }

    @Test(arguments: ["[", "{\"a\":"]) func `deep nesting is refused, signed or forged`(opening: String) throws {
        let nested = #"{"sub":"u1","tenant":"acme","exp":1700003600,"x":"# + String(repeating: opening, count: 900)
        #expect(throws: TokenError.payloadNotJSON) { try issuer.verify(nested) }
        #expect(throws: TokenError.headerNotJSON) {
            try issuer.verify(
                Samples.payload, header: #"{"alg":"HS256","x":"# + String(repeating: opening, count: 1500))
        }
        let forged = try Issuer().token(nested).dropLast(4) + "AAAA"
        #expect(throws: TokenError.payloadNotJSON) { try issuer.verifier.verify(forged, at: Samples.now) }
    }

    @Test(arguments: [
        #"{"sub":"u1","sub":"u2","tenant":"acme","exp":1700003600}"#,
        #"{"sub":"u1","tenant":"acme","tenant":"globex","exp":1700003600}"#,
        #"{"sub":"u1","tenant":"acme","ten\u0061nt":"globex","exp":1700003600}"#,
        #"{"sub":"u1","tenant":"acme","exp":1,"exp":1700003600}"#,
        #"{"sub":"u1","tenant":"acme","exp":1700003600,"x":{"a":1,"a":1}}"#,
    ])
    func `a name given twice is refused`(payload: String) {
        #expect(throws: TokenError.payloadNotJSON) { try issuer.verify(payload) }
        #expect(throws: TokenError.headerNotJSON) {
            try issuer.verify(Samples.payload, header: #"{"alg":"none","alg":"HS256"}"#)
        }
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func `invalid UTF-8 is refused`(bytes: [UInt8]) throws {
        let payload = Array(#"{"tenant":"acme","exp":1700003600,"sub":"u"#.utf8) + bytes + Array(#""}"#.utf8)
        let token = try TokenSigner(key: issuer.key).sign(header: Array(#"{"alg":"HS256"}"#.utf8), payload: payload)
        #expect(throws: TokenError.payloadNotJSON) { try issuer.verifier.verify(token, at: Samples.now) }
    }

    /// CVE-2022-39227: claims of one form, signature of another.
    @Test func `the JSON form of a JWS is no token, nor is it one when a token hides in it`() throws {
        let parts = try issuer.token(Samples.payload).split(separator: ".")
        for text in [
            #"{"protected":"\#(parts[0])","payload":"\#(parts[1])","signature":"\#(parts[2])"}"#,
            #"{"protected":"\#(parts[0])","a":".\#(parts[1]).","signature":"\#(parts[2])"}"#,
            #" {"\#(parts[0]).\#(parts[1]).\#(parts[2])":1}"#,
        ] {
            #expect(throws: TokenError.self) { try issuer.verifier.verify(text, at: Samples.now) }
        }
    }

    @Test func `a JWE of five parts is refused`() throws {
        let header = Base64URL.encode(Array(#"{"alg":"dir","enc":"A128GCM"}"#.utf8))
        #expect(throws: TokenError.notThreeParts) {
            try issuer.verifier.verify(header + "..AAAA.AAAA.AAAA", at: Samples.now)
        }
        #expect(throws: TokenError.encryptedOrCompressed) {
            try issuer.verifier.verify(header + ".AAAA.AAAA", at: Samples.now)
        }
    }

    // MARK: Issuer, audience, tenant

    /// CVE-2024-53861: a part of the issuer was enough. CVE-2020-26160: an empty array was any audience.
    @Test func `no part of an issuer or audience is enough, and no empty one`() throws {
        let strict = try Issuer(TokenRules(issuer: "https://issuer", audience: "boards"))
        for claims in [
            #""iss":"https","aud":"boards""#, #""iss":"https://issuer.evil","aud":"boards""#,
            #""iss":"https://issuer","aud":[]"#, #""iss":"https://issuer","aud":[""]"#,
            #""iss":"https://issuer","aud":"board""#, #""iss":["https://issuer"],"aud":"boards""#,
        ] {
            #expect(throws: TokenError.self) {
                try strict.verify(#"{"sub":"u1","tenant":"acme","exp":1700003600,\#(claims)}"#)
            }
        }
    }

    /// CVE-2026-49998: keys were cached by `kid` alone. CVE-2026-32301: `iss` of an unverified token was acted upon.
    @Test func `an issuer cannot sign for another, whatever iss and kid it writes`() throws {
        let mallory = try TokenKey(secret: Array(repeating: 7, count: 32), keyID: "1").bound(
            toIssuer: "https://m", tenant: "mallory")
        let alice = try TokenKey(secret: Array(repeating: 8, count: 32), keyID: "1").bound(
            toIssuer: "https://a", tenant: "alice")
        let verifier = TokenVerifier(keys: KeySet([mallory, alice]))
        let signer = try TokenSigner(key: mallory)
        for (iss, tenant) in [("https://a", "alice"), ("https://a", "mallory"), ("https://m", "alice"), ("", "alice")] {
            let token = try signer.sign(
                Array(#"{"iss":"\#(iss)","sub":"u1","tenant":"\#(tenant)","exp":1700003600}"#.utf8))
            #expect(throws: TokenError.self) { try verifier.verify(token, at: Samples.now) }
        }
        let own = try signer.sign(Array(#"{"iss":"https://m","sub":"u1","tenant":"mallory","exp":1700003600}"#.utf8))
        #expect(try verifier.verify(own, at: Samples.now).tenant.rawValue == "mallory")
    }

    private func forge(secret: [UInt8]) throws -> String {
        let signed =
            Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8)) + "." + Base64URL.encode(Array(Samples.payload.utf8))
        let mac = Array(signed.utf8).withUnsafeBytes { MACKey(secret: secret).sign($0, by: .sha256) }
        return signed + "." + Base64URL.encode(mac)
    }
}
