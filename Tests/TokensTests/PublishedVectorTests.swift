import Events
import StrictJSON
import Testing

@testable import Tokens

@Suite struct PublishedVectorTests {
    static let signed = [
        "rfc7515-a1-hs256", "rfc7515-a2-rs256", "rfc7515-a3-es256", "rfc7515-a4-es512", "rfc7520-4.2-ps384",
        "rfc8037-a4-eddsa",
    ]

    @Test(arguments: signed) func `the examples of the RFCs verify`(name: String) throws {
        let vector = try Vector(name)
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(jwk: vector.publicJWK)]))
        let message = try verifier.verifySignatureOnly(vector.compact)
        let parts = vector.compact.split(separator: ".")
        #expect(message.header == Base64URL.decode(String(parts[0])))
        #expect(message.payload == Base64URL.decode(String(parts[1])))
    }

    @Test(arguments: signed) func `they verify with no key but their own`(name: String) throws {
        let others = try Self.signed.filter { $0 != name }.map { try TokenKey(jwk: Vector($0).publicJWK) }
        let verifier = TokenVerifier(keys: KeySet(others))
        let refusal = #expect(throws: TokenError.self) { try verifier.verifySignatureOnly(Vector(name).compact) }
        #expect(refusal == .noMatchingKey || refusal == .signatureMismatch)
    }

    @Test(arguments: ["rfc7515-a1-hs256", "rfc7515-a2-rs256", "rfc8037-a4-eddsa"])
    func `signing the same again gives the same bytes where nothing is random`(name: String) throws {
        let vector = try Vector(name)
        let parts = try vector.compact.split(separator: ".").map { try #require(Base64URL.decode(String($0))) }
        let signer = try TokenSigner(key: TokenKey(jwk: vector.jwk))
        #expect(try signer.sign(header: parts[0], payload: parts[1]) == vector.compact)
    }

    @Test func `the unsecured example is refused`() throws {
        let vector = try Vector("rfc7515-a5-none")
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(jwk: vector.jwk)]))
        #expect(throws: TokenError.algorithmNone) { try verifier.verifySignatureOnly(vector.compact) }
        #expect(throws: TokenError.algorithmNone) { try verifier.verify(vector.compact, at: Samples.now) }
    }

    @Test func `as a token the example of A1 has expired, and names no subject`() throws {
        let vector = try Vector("rfc7515-a1-hs256")
        let verifier = TokenVerifier(keys: KeySet([try TokenKey(jwk: vector.jwk)]))
        #expect(throws: TokenError.subject) { try verifier.verify(vector.compact, at: Samples.now) }
    }

    @Test func `the JWK sets of RFC 7517 leave their keys for encryption out`() throws {
        let publicKeys = try KeySet(jwkSet: Vector.file("rfc7517-a1.json")).keys
        #expect(publicKeys.map(\.keyID) == ["2011-04-29"])
        #expect(publicKeys[0].algorithms == [.rs256])
        #expect(!publicKeys[0].canSign)

        let privateKeys = try KeySet(jwkSet: Vector.file("rfc7517-a2.json")).keys
        #expect(privateKeys.map(\.keyID) == ["2011-04-29"])
        #expect(privateKeys[0].canSign)

        let secrets = try KeySet(jwkSet: Vector.file("rfc7517-a3.json")).keys
        #expect(secrets.map(\.keyID) == ["HMAC key used in JWS spec Appendix A.1 example"])
        #expect(secrets[0].algorithms == [.hs256, .hs384, .hs512])
    }

    @Test func `what the private set of RFC 7517 signs, the public set verifies`() throws {
        let key = try KeySet(jwkSet: Vector.file("rfc7517-a2.json")).keys[0]
        let token = try TokenSigner(key: key).sign(Array(Samples.payload.utf8))
        let verifier = TokenVerifier(keys: try KeySet(jwkSet: Vector.file("rfc7517-a1.json")))
        #expect(try verifier.verify(token, at: Samples.now).user.rawValue == "u1")
    }
}
