import Events
import Glibc
import StrictJSON

/// Verifies the tokens that nearly everybody sends where they lie, in a fraction of the time: HS256, a header that says
/// nothing else, a flat payload of a few claims.
///
/// It says yes, with the ``Principal`` that the full rules would have come to, or it says nothing. A token that is
/// unusual or not valid is for the full rules, which alone know why.
struct PlainVerifier: Sendable {
    private let secrets: [(key: MACKey, id: SigningKeyID)]
    private let rules: TokenRules

    /// Bytes of a payload: what lies on the stack without a thought.
    private static let mostBytes = 1024 - HashFunction.sha256.size

    /// `{"alg":"HS256","typ":"JWT"}`, `{"typ":"JWT","alg":"HS256"}` and `{"alg":"HS256"}`, each with its dot.
    private static let headers = [
        #"{"alg":"HS256","typ":"JWT"}"#, #"{"typ":"JWT","alg":"HS256"}"#, #"{"alg":"HS256"}"#,
    ].map { Array((Base64URL.encode(Array($0.utf8)) + ".").utf8) }

    /// A signature in base64url, with its dot.
    private static let signatureCount = 44

    /// Nil when no token is plain by these keys and rules: the claims have other names than ours, or the issuer decides
    /// about the key or the tenant.
    init?(keys: KeySet, rules: TokenRules) {
        guard let secrets = keys.secrets(for: .hs256), rules.algorithms.contains(.hs256), rules.tenantClaim == "tenant",
            rules.roles.claim == "role", rules.roles.map.isEmpty, rules.tenantsWithIssuer.isEmpty
        else { return nil }
        self.secrets = secrets
        self.rules = rules
    }

    /// What `token` says, if it is plain and its signature is good; its dates are not compared with the clock.
    func principal(of token: UnsafeRawBufferPointer) -> Principal? {
        guard token.count <= rules.longest, let header = headerCount(of: token) else { return nil }
        let dot = token.count - Self.signatureCount
        guard dot > header, token[dot] == UInt8(ascii: ".") else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: token[header..<dot])
        guard payload.count * 3 / 4 <= Self.mostBytes else { return nil }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { decoded in
            guard let end = Base64URL.decode(payload, into: decoded),
                let size = Base64URL.decode(
                    UnsafeRawBufferPointer(rebasing: token[(dot + 1)...]),
                    into: UnsafeMutableBufferPointer(rebasing: decoded[end...]))
            else { return nil }
            let bytes = UnsafeRawBufferPointer(decoded)
            let signature = UnsafeRawBufferPointer(rebasing: bytes[end..<end + size])
            let signed = UnsafeRawBufferPointer(rebasing: token[..<dot])
            guard let secret = secrets.first(where: { $0.key.isSignature(signature, of: signed, by: .sha256) }),
                let claims = PlainClaims(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
            else { return nil }
            return principal(claims, signedWith: secret.id)
        }
    }

    private func headerCount(of token: UnsafeRawBufferPointer) -> Int? {
        Self.headers.first { token.count > $0.count && memcmp(token.baseAddress!, $0, $0.count) == 0 }?.count
    }

    /// As ``ClaimsReader/principal(by:signedWith:)`` has it.
    private func principal(_ claims: PlainClaims, signedWith key: SigningKeyID) -> Principal? {
        guard let expiresAt = claims.expiresAt, let subject = claims.subject, let user = UserID(String(subject)),
            rules.issuer.map({ claims.issuer?.hasSameBytes(as: $0) == true }) ?? true,
            rules.audience.map({ claims.audience?.hasSameBytes(as: $0) == true }) ?? true,
            let tenant = claims.tenant.map({ TenantID(String($0)) }) ?? rules.tenant
        else { return nil }
        var role = rules.roles.fallback
        if let name = claims.role.map({ String($0) }) {
            role = rules.roles.role(named: name, in: .string(name)) ?? .viewer
        }
        return Principal(
            tenant: tenant, user: user, role: role, boards: claims.boards.map { .only($0) } ?? .all,
            expiresAt: Timestamp(seconds: expiresAt), issuedAt: claims.issuedAt.map { Timestamp(seconds: $0) },
            notBefore: claims.notBefore.map { Timestamp(seconds: $0) }, tokenID: claims.tokenID.map { String($0) },
            issuer: rules.issuer ?? claims.issuer.map { String($0) }, signer: key)
    }
}

extension UnsafeRawBufferPointer {
    func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        count == other.count && (count == 0 || memcmp(baseAddress!, other.baseAddress!, count) == 0)
    }

    fileprivate func hasSameBytes(as text: String) -> Bool { text.utf8.span.withUnsafeBytes { hasSameBytes(as: $0) } }
}

extension String {
    fileprivate init(_ text: UnsafeRawBufferPointer) { self.init(decoding: text, as: UTF8.self) }
}

extension Timestamp {
    fileprivate init(seconds: Int) { self.init(milliseconds: seconds * 1000) }
}
