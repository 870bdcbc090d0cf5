import Events
import StrictJSON
import Testing

@testable import Tokens

@Suite struct TokenKeyTests {
    @Test(arguments: [
        ("rfc7515-a2-private-pkcs8", true), ("rfc7515-a2-private-pkcs1", true), ("rfc7515-a2-public", false),
        ("rfc7515-a2-public-pkcs1", false), ("rfc7515-a2-certificate", false),
    ])
    func `the same RSA key is found in each kind of PEM`(file: String, isPrivate: Bool) throws {
        let key = try TokenKey(pem: Vector.file("Keys/\(file).pem"))
        #expect(key.canSign == isPrivate)
        #expect(key.algorithms == [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512])
        let verifier = TokenVerifier(keys: KeySet([key]))
        _ = try verifier.verifySignatureOnly(Vector("rfc7515-a2-rs256").compact)
    }

    @Test func `EC and Ed25519 keys are found in PEM`() throws {
        let message = try Vector("rfc7515-a3-es256").compact
        for file in ["rfc7515-a3-private-sec1", "rfc7515-a3-public"] {
            let key = try TokenKey(pem: Vector.file("Keys/\(file).pem"))
            #expect(key.algorithms == [.es256])
            _ = try TokenVerifier(keys: KeySet([key])).verifySignatureOnly(message)
        }
        let signer = try TokenSigner(key: TokenKey(pem: Vector.file("Keys/rfc8410-private.pem")))
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(pem: Vector.file("Keys/rfc8410-public.pem"))]))
        #expect(try verifier.verify(signer.sign(Array(Samples.payload.utf8)), at: Samples.now).user.rawValue == "u1")
    }

    @Test func `a curve that is spelled out is taken when it is one of ours`() throws {
        let key = try TokenKey(pem: Vector.file("Keys/p256-explicit-parameters.pem"))
        #expect(key.algorithms == [.es256])
    }

    @Test func `a key that is for PSS alone does nothing else`() throws {
        let key = try TokenKey(pem: Vector.file("Keys/rsa-pss-private.pem"))
        #expect(key.algorithms == [.ps256, .ps384, .ps512])
        for algorithm in key.algorithms {
            let token = try TokenSigner(key: key, algorithm: algorithm).sign(Array(Samples.payload.utf8))
            #expect(try TokenVerifier(keys: KeySet([key])).verify(token, at: Samples.now).user.rawValue == "u1")
        }
        #expect(throws: KeyError.algorithmNotOfKey) { try TokenSigner(key: key, algorithm: .rs256) }
    }

    @Test(arguments: [
        ("rsa-1024-public", KeyError.tooSmall), ("secp256k1-public", .unsupported),
        ("rfc7515-a2-private-encrypted", .notPEM),
    ])
    func `a PEM file that we cannot use is refused`(file: String, error: KeyError) throws {
        let pem = try Vector.file("Keys/\(file).pem")
        #expect(throws: error) { try TokenKey(pem: pem) }
    }

    @Test(arguments: ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
    func `a text that holds no key is refused`(text: String) {
        #expect(throws: KeyError.notPEM) { try TokenKey(pem: Array(text.utf8)) }
    }

    @Test func `a secret has at least 32 bytes`() throws {
        for length in [0, 1, 31] {
            #expect(throws: KeyError.secretTooShort) { try TokenKey(secret: [UInt8](repeating: 7, count: length)) }
            let jwk = #"{"kty":"oct","k":"\#(Base64URL.encode([UInt8](repeating: 7, count: length)))"}"#
            #expect(throws: KeyError.self) { try TokenKey(jwk: jwk.utf8) }
        }
        #expect(try TokenKey(secret: [UInt8](repeating: 7, count: 32)).algorithms == [.hs256, .hs384, .hs512])
    }

    @Test(arguments: [Algorithm.rs256, .es256, .es384, .es512, .edDSA])
    func `a JWK is read with its private half or without`(algorithm: Algorithm) throws {
        let vector = try Samples.vector(for: algorithm)
        #expect(try TokenKey(jwk: vector.jwk).canSign)
        #expect(try !TokenKey(jwk: vector.publicJWK).canSign)
    }

    @Test func `an RSA key with nothing private but its exponent signs too`() throws {
        let jwk = try ["p", "q", "dp", "dq", "qi"].reduce(Samples.vector(for: .rs256).jwk) { $0.with($1, nil) }
        let token = try TokenSigner(key: TokenKey(jwk: jwk)).sign(Array(Samples.payload.utf8))
        #expect(try Samples.verifier().verify(token, at: Samples.now).user.rawValue == "u1")
        #expect(throws: KeyError.invalid) { try TokenKey(jwk: jwk.with("d", .string("AQAB"))) }
    }

    @Test func `alg narrows what a JWK is for`() throws {
        let rsa = try Samples.vector(for: .rs256).publicJWK
        #expect(try TokenKey(jwk: rsa.with("alg", .string("PS384"))).algorithms == [.ps384])
        for alg in ["HS256", "ES256", "none", "rs256", "RSA-OAEP"] {
            #expect(throws: KeyError.algorithmNotOfKey) { try TokenKey(jwk: rsa.with("alg", .string(alg))) }
        }
        #expect(throws: KeyError.notJWK) { try TokenKey(jwk: rsa.with("alg", .null)) }
    }

    @Test func `a JWK that is not for signatures is refused`() throws {
        let rsa = try Samples.vector(for: .rs256).publicJWK
        #expect(throws: KeyError.notForSignatures) { try TokenKey(jwk: rsa.with("use", .string("enc"))) }
        #expect(throws: KeyError.notForSignatures) {
            try TokenKey(jwk: rsa.with("key_ops", .array([.string("encrypt")])))
        }
        _ = try TokenKey(jwk: rsa.with("use", .string("sig")).with("key_ops", .array([.string("verify")])))
    }

    @Test(
        arguments: [
            ("rs256", "kty", JSONValue.string("DSA"), KeyError.unsupported), ("rs256", "kty", nil, .notJWK),
            ("rs256", "n", nil, .notJWK), ("rs256", "n", .string("AQAB"), .tooSmall),
            ("rs256", "n", .string("A="), .notJWK),
            ("rs256", "e", .string(""), .notJWK), ("rs256", "e", .string("AQ"), .invalid),
            ("rs256", "oth", .array([]), .unsupported), ("es256", "crv", .string("secp256k1"), .unsupported),
            ("es256", "crv", .string("P-384"), .invalid), ("es256", "x", .string("AQAB"), .invalid),
            ("es256", "x", .string("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEUB"), .notJWK),
            ("rs256", "n", .string("AQAB===="), .notJWK), ("rs256", "n", .string("AQ="), .notJWK),
            ("es256", "x", .string("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEX"), .notJWK),
            ("es256", "x", .string("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), .invalid),
            ("es256", "d", .string("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"), .invalid),
            ("edDSA", "crv", .string("X25519"), .unsupported), ("edDSA", "x", .string("AQAB"), .notJWK),
            ("edDSA", "d", .string("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), .invalid),
            ("edDSA", "kid", .bool(true), .notJWK),
        ] as [(String, String, JSONValue?, KeyError)])
    func `a JWK with a number that does not fit is refused`(
        key: String, member: String, value: JSONValue?, error: KeyError
    ) throws {
        let algorithm = try #require(Algorithm(name: key == "edDSA" ? "EdDSA" : key.uppercased()))
        let jwk = try Samples.vector(for: algorithm).jwk.with(member, value)
        #expect(throws: error) { try TokenKey(jwk: jwk) }
    }

    @Test(arguments: [Algorithm.es256, .es384, .es512, .rs256, .edDSA])
    func `padded members are read`(algorithm: Algorithm) throws {
        var jwk = try Samples.vector(for: algorithm).publicJWK
        for name in ["n", "e", "x", "y"] {
            guard let text = jwk[name]?.string else { continue }
            let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            jwk = jwk.with(name, .string(text + padding))
        }
        #expect(try TokenKey(jwk: jwk).id == Samples.key(for: algorithm).id)
    }

    @Test(arguments: [Algorithm.es256, .es384, .es512])
    func `a coordinate may have a zero byte too many, and lack those in front`(algorithm: Algorithm) throws {
        let jwk = try Samples.vector(for: algorithm).publicJWK
        let x = try #require(jwk["x"]?.string.flatMap(Base64URL.decode))
        let padded = jwk.with("x", .string(Base64URL.encode([0] + x)))
        #expect(try TokenKey(jwk: padded).id == Samples.key(for: algorithm).id)
        // Without its zeros in front: P-521's first byte is 0 or 1, so half of its coordinates have one.
        let short = jwk.with("x", .string(Base64URL.encode(Array(x.drop { $0 == 0 }))))
        #expect(try TokenKey(jwk: short).id == Samples.key(for: algorithm).id)
    }

    @Test func `Ed25519 and EdDSA are the same algorithm`() throws {
        let jwk = try Samples.vector(for: .edDSA).publicJWK
        for named in [jwk.with("alg", .string("Ed25519")), jwk.with("alg", .string("EdDSA")), jwk.with("alg", nil)] {
            let verifier = TokenVerifier(keys: KeySet([try TokenKey(jwk: named)]))
            for alg in ["Ed25519", "EdDSA"] {
                let token = try TokenSigner(key: Samples.key(for: .edDSA)).sign(
                    header: Array(#"{"alg":"\#(alg)"}"#.utf8), payload: Array(Samples.payload.utf8))
                #expect(try verifier.verify(token, at: Samples.now).user.rawValue == "u1")
            }
        }
        #expect(throws: KeyError.algorithmNotOfKey) { try TokenKey(jwk: jwk.with("alg", .string("Ed448"))) }
    }

    @Test func `no description of a key's error quotes the key`() {
        #expect(Set(KeyError.allCases.map(\.description)).count == KeyError.allCases.count)
    }
}
