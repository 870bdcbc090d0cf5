import Foundation
import JWTKit
import Tokens

/// The published keys of RFC 7515, RFC 6979 and RFC 8037, as they lie beside the tests.
enum BenchKeys {
    static func jwk(for algorithm: Tokens.Algorithm, keyID: String?) throws -> [UInt8] {
        let file =
            switch algorithm {
            case .hs256, .hs384, .hs512: "rfc7515-a1-hs256"
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "rfc7515-a2-rs256"
            case .es256: "rfc7515-a3-es256"
            case .es384: "rfc6979-a2.6-p384"
            case .es512: "rfc7515-a4-es512"
            case .edDSA: "rfc8037-a4-eddsa"
            }
        let vectors = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Vectors")
        let vector = try Data(contentsOf: vectors.appending(path: file + ".json"))
        guard var jwk = (try JSONSerialization.jsonObject(with: vector) as? [String: Any])?["jwk"] as? [String: String]
        else { throw CocoaError(.fileReadCorruptFile) }
        jwk["alg"] = algorithm.rawValue
        jwk["kid"] = keyID
        return Array(try JSONSerialization.data(withJSONObject: jwk))
    }

    static func add(_ algorithm: Tokens.Algorithm, jwk: [UInt8], to keys: JWTKeyCollection) async throws {
        let digest: DigestAlgorithm? =
            switch algorithm {
            case .hs256: .sha256
            case .hs384: .sha384
            case .hs512: .sha512
            default: nil
            }
        guard let digest else {
            try await keys.add(jwk: JSONDecoder().decode(JWK.self, from: Data(jwk)))
            return
        }
        let members = try JSONDecoder().decode([String: String].self, from: Data(jwk))
        let secret = Base64URL.decode(members["k"] ?? "") ?? []
        await keys.add(
            hmac: HMACKey(from: secret), digestAlgorithm: digest, kid: members["kid"].map { JWKIdentifier(string: $0) })
    }
}
