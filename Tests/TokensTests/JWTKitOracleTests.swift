import Events
import Foundation
import JWTKit
import StrictJSON
import Testing

@testable import Tokens

/// jwt-kit, which signs and verifies with BoringSSL.
@Suite struct JWTKitOracleTests {
    @Test(arguments: Tokens.Algorithm.allCases)
    func `what jwt-kit signs, we verify`(algorithm: Tokens.Algorithm) async throws {
        let keys = try await keys(for: algorithm)
        let token = try await keys.sign(Payload(sub: "u1", tenant: "acme", exp: 1_700_003_600))
        #expect(try Samples.verifier().verify(token, at: Samples.now).user.rawValue == "u1")
    }

    @Test(arguments: Tokens.Algorithm.allCases)
    func `what we sign, jwt-kit verifies, and what was tampered with it refuses as we do`(
        algorithm: Tokens.Algorithm
    ) async throws {
        let keys = try await keys(for: algorithm)
        let token = try Samples.token(by: algorithm)
        #expect(try await keys.verify(token, as: Payload.self).tenant == "acme")
        let bad = token.dropLast(8) + (token.hasSuffix("AAAAAAAA") ? "BBBBBBBA" : "AAAAAAAA")
        await #expect(throws: JWTError.self) { try await keys.verify(String(bad), as: Payload.self) }
        #expect(throws: TokenError.signatureMismatch) { try Samples.verifier().verify(bad, at: Samples.now) }
    }

    /// The published key for one algorithm as jwt-kit takes it.
    private func keys(for algorithm: Tokens.Algorithm) async throws -> JWTKeyCollection {
        let keys = JWTKeyCollection()
        let jwk = try Samples.vector(for: algorithm).jwk.with("alg", .string(algorithm.rawValue))
        let digest: DigestAlgorithm? =
            switch algorithm {
            case .hs256: .sha256
            case .hs384: .sha384
            case .hs512: .sha512
            default: nil
            }
        if let digest {
            let secret = try #require(Base64URL.decode(jwk["k"]?.string ?? ""))
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: digest)
        } else {
            let named = jwk.with("kid", .string("1"))
            try await keys.add(jwk: JSONDecoder().decode(JWK.self, from: Data(named.bytes)))
        }
        return keys
    }
}

private struct Payload: JWTPayload {
    var sub: String
    var tenant: String
    var exp: Int
    func verify(using algorithm: some JWTAlgorithm) throws {}
}
