import Events
import Testing

@testable import Tokens

@Suite struct TokenSignerTests {
    @Test(arguments: Algorithm.allCases) func `what is signed verifies`(algorithm: Algorithm) throws {
        for _ in 0..<20 {
            let principal = try Samples.verifier().verify(Samples.token(by: algorithm), at: Samples.now)
            #expect(principal.user.rawValue == "u1")
        }
    }

    @Test func `the header names algorithm, type and key, in this order`() throws {
        let key = try TokenKey(secret: Samples.secret, keyID: #"k"1"#)
        let token = try TokenSigner(key: key, algorithm: .hs384).sign(Array(Samples.payload.utf8))
        let header = try #require(Base64URL.decode(String(token.split(separator: ".")[0])))
        #expect(String(decoding: header, as: UTF8.self) == #"{"alg":"HS384","typ":"JWT","kid":"k\"1"}"#)
    }

    @Test func `a key signs with its own algorithms, and only with its private half`() throws {
        let vector = try Samples.vector(for: .es256)
        #expect(throws: KeyError.noPrivateKey) { try TokenSigner(key: TokenKey(jwk: vector.publicJWK)) }
        #expect(throws: KeyError.algorithmNotOfKey) {
            try TokenSigner(key: TokenKey(jwk: vector.jwk), algorithm: .es384)
        }
        #expect(throws: KeyError.algorithmNotOfKey) {
            try TokenSigner(key: TokenKey(jwk: vector.jwk), algorithm: .hs256)
        }
    }

    @Test(arguments: ["", "[]", "7", "{", #"{"a":1,"a":2}"#])
    func `only a JSON object is signed`(payload: String) throws {
        let signer = try TokenSigner(key: TokenKey(secret: Samples.secret))
        #expect(throws: KeyError.payloadNotJSON) { try signer.sign(Array(payload.utf8)) }
    }
}
