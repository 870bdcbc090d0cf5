/// Tells whether a token is one of ours and says what it says (RFC 7515, 7519, 8725).
///
/// Synchronous, and safe to use from any thread at once; nothing in it waits for more than a short lock.
public final class TokenVerifier: Sendable {
    public let rules: TokenRules
    let keys: KeySet
    private let verified: VerifiedTokenCache?

    /// `cacheCapacity` tokens that were good are remembered by their SHA-256, so that their signatures need not be
    /// checked again; zero remembers none.
    public init(keys: KeySet, rules: TokenRules = TokenRules(), cacheCapacity: Int = 10_000) {
        self.keys = keys
        self.rules = rules
        verified = cacheCapacity > 0 ? VerifiedTokenCache(capacity: cacheCapacity) : nil
    }

    /// What `token` says, when it is good at `now`, in milliseconds since 1970. A token remembered from before is held
    /// against the clock anew.
    ///
    /// - Throws: the first rule found broken: of its shape, its header, its signature, its claims, in this order.
    public func verify(_ token: UnsafeRawBufferPointer, at now: Int64) throws(TokenError) -> Claims {
        guard token.count <= CompactToken.longest else { throw .tooLong }
        guard let verified else {
            let claims = try read(token)
            try rules.checkDates(of: claims, at: now)
            return claims
        }
        let digest = TokenDigest(of: token)
        if let claims = verified.claims(for: digest) {
            try rules.checkDates(of: claims, at: now)
            return claims
        }
        let claims = try read(token)
        try rules.checkDates(of: claims, at: now)
        verified.insert(claims, for: digest)
        return claims
    }

    public func verify(_ token: String, at now: Int64) throws(TokenError) -> Claims {
        try token.utf8.span.withUnsafeBytes { bytes throws(TokenError) in try verify(bytes, at: now) }
    }

    public func verify(_ token: Substring, at now: Int64) throws(TokenError) -> Claims {
        try token.utf8.span.withUnsafeBytes { bytes throws(TokenError) in try verify(bytes, at: now) }
    }

    /// Holds claims that were verified before against the clock anew.
    ///
    /// - Throws: `expired`, `notYetValid` or `issuedInFuture`.
    public func check(_ claims: Claims, at now: Int64) throws(TokenError) { try rules.checkDates(of: claims, at: now) }

    /// False when every token is refused for want of a key.
    public var hasKeys: Bool { !keys.keys.isEmpty }

    /// What `token` says of its issuer, not believed: good for nothing but to choose whose keys are looked up anew.
    public func claimedIssuer(of token: Substring) -> String? {
        token.utf8.span.withUnsafeBytes { bytes in
            guard let token = try? CompactToken(bytes) else { return nil }
            return (try? ClaimsReader(token.payload))?.claimedIssuer
        }
    }

    /// Forgets the tokens that were good, so that each is checked in full when it comes again.
    public func forgetVerified() { verified?.removeAll() }

    private func read(_ token: UnsafeRawBufferPointer) throws(TokenError) -> Claims {
        let token = try CompactToken(token)
        let header = try TokenHeader(token.header, of: .token)
        guard rules.algorithms.contains(header.algorithm) else { throw .algorithmNotAllowed }
        let payload = try ClaimsReader(token.payload)
        let key = try keys.signer(of: token, header: header, issuer: payload.claimedIssuer)
        return try payload.claims(by: rules, signedWith: key)
    }
}
