import Foundation
import JWTKit

/// What a token says.
struct BoardcastToken: JWTPayload {
    let sub: SubjectClaim
    let tenant: String
    let role: String
    let exp: ExpirationClaim

    func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
}

/// A token for an hour; `secret` is what is in the server's `auth.secretFile`.
func mint(_ user: String, of tenant: String, as role: String, with secret: Data) async throws -> String {
    let keys = await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    let exp = ExpirationClaim(value: Date(timeIntervalSinceNow: 3600))
    return try await keys.sign(BoardcastToken(sub: SubjectClaim(value: user), tenant: tenant, role: role, exp: exp))
}
