public import Events
import StrictJSON

/// Verifies tokens, and makes a ``Principal`` of a valid one (RFC 7515, 7519, 8725).
///
/// Synchronous, and safe to use from any thread at once; nothing in it waits for more than a short lock.
public final class TokenVerifier: Sendable {
    public let rules: TokenRules
    let keys: KeySet
    private let plain: PlainVerifier?
    private let verified: VerifiedTokenCache?
    /// Tokens that are remembered, unless another number is asked for.
    public static let mostRemembered = 10_000

    /// `cacheCapacity` tokens that were good are remembered by their SHA-256, so that their signatures need not be
    /// checked again; zero remembers none. Those signed with a secret are not: to check an HMAC costs what it costs to
    /// find one, and less memory.
    public init(keys: KeySet, rules: TokenRules = TokenRules(), cacheCapacity: Int = mostRemembered) {
        self.keys = keys
        self.rules = rules
        plain = PlainVerifier(keys: keys, rules: rules)
        let isOfUse = cacheCapacity > 0 && !keys.keys.allSatisfy(\.isSecret)
        verified = isOfUse ? VerifiedTokenCache(capacity: cacheCapacity) : nil
    }

    /// The principal of `token`, if it is valid at `now`. The dates of a token that the cache
    /// remembers are compared with the clock again.
    ///
    /// - Throws: the first rule found broken: of its shape, its header, its signature, its claims, in this order.
    public func verify(_ token: UnsafeRawBufferPointer, at now: Timestamp) throws(TokenError) -> Principal {
        if let principal = verifyPlain(token, at: now) { return principal }
        return try verifyInFull(token, at: now)
    }

    /// The same for a plain token (HS256, nothing unusual in it), where it lies and without any text that the principal
    /// does not hold. Nil says nothing of the token: ask ``verify(_:at:)-(UnsafeRawBufferPointer,_)``.
    public func verifyPlain(_ token: UnsafeRawBufferPointer, at now: Timestamp) -> Principal? {
        guard let principal = plain?.principal(of: token), (try? rules.checkDates(of: principal, at: now)) != nil else {
            return nil
        }
        return principal
    }

    /// The same for any token, by the full rules.
    func verifyInFull(_ token: UnsafeRawBufferPointer, at now: Timestamp) throws(TokenError) -> Principal {
        guard token.count <= rules.longest else { throw .tooLong }
        let digest = verified.map { _ in TokenDigest(of: token) }
        if let digest, let principal = verified?.principal(for: digest) {
            try rules.checkDates(of: principal, at: now)
            return principal
        }
        let (claims, key) = try readClaims(token)
        let principal = try claims.principal(by: rules, signedWith: key)
        try rules.checkDates(of: principal, at: now)
        if let digest, !key.isSecret { verified?.insert(principal, for: digest) }
        return principal
    }

    public func verify(_ token: String, at now: Timestamp) throws(TokenError) -> Principal {
        try token.utf8.span.withUnsafeBytes { bytes throws(TokenError) in try verify(bytes, at: now) }
    }

    public func verify(_ token: Substring, at now: Timestamp) throws(TokenError) -> Principal {
        try token.utf8.span.withUnsafeBytes { bytes throws(TokenError) in try verify(bytes, at: now) }
    }

    /// Checks the dates of a token that was verified before against the clock again.
    ///
    /// - Throws: `expired`, `notYetValid` or `issuedInFuture`.
    public func check(_ principal: Principal, at now: Timestamp) throws(TokenError) {
        try rules.checkDates(of: principal, at: now)
    }

    /// Whether the key that the principal's token was verified with is still one of ours, and may still speak for that
    /// issuer and tenant. True for a principal that comes from no token.
    public func trustsKey(of principal: Principal) -> Bool {
        guard let signer = principal.signer else { return true }
        let tenant = principal.tenant.rawValue
        return keys.keys(signer, for: principal.issuer).contains { key in
            key.tenant?.hasSameBytes(as: tenant) ?? !rules.tenantsWithIssuer.contains(tenant)
        }
    }

    /// False when every token is refused for want of a key.
    public var hasKeys: Bool { !keys.keys.isEmpty }

    /// Every key of ours.
    public var allKeys: [TokenKey] { keys.keys }

    /// The keys that may speak for `tenant`.
    public func keys(for tenant: TenantID) -> [TokenKey] {
        let tenant = tenant.rawValue
        return keys.keys.filter {
            $0.tenant?.hasSameBytes(as: tenant) ?? !rules.tenantsWithIssuer.contains(tenant)
        }
    }

    /// A key that a token names and that we do not have.
    public struct MissingKey: Sendable {
        /// The token's issuer, unverified: use it only to choose whose keys to fetch again.
        public let issuer: String?
    }

    /// What `token`, which was refused for its signature, lacks a key for; nil when the key that it names is here.
    public func missingKey(of token: Substring) -> MissingKey? {
        token.utf8.span.withUnsafeBytes { bytes in
            guard let token = try? CompactToken(bytes, longest: rules.longest),
                let header = try? TokenHeader(token.header, of: .token), rules.algorithms.contains(header.algorithm),
                let issuer = (try? ClaimsReader(token.payload)).map(\.claimedIssuer),
                keys.lacksKey(header, for: issuer)
            else { return nil }
            return MissingKey(issuer: issuer)
        }
    }

    /// The claims of a token with a good signature, and the key that it was made with.
    func readClaims(_ token: UnsafeRawBufferPointer) throws(TokenError) -> (ClaimsReader, TokenKey) {
        let token = try CompactToken(token, longest: rules.longest)
        let header = try TokenHeader(token.header, of: .token)
        guard rules.algorithms.contains(header.algorithm) else { throw .algorithmNotAllowed }
        let payload = try ClaimsReader(token.payload)
        return (payload, try keys.signer(of: token, header: header, issuer: payload.claimedIssuer))
    }
}
