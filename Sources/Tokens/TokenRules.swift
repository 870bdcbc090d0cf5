public import Events

/// What a token must say, besides being signed with one of our keys.
public struct TokenRules: Sendable {
    /// When set, `iss` must be these bytes. A key that is bound to an issuer asks for that one instead.
    public var issuer: String?
    /// When set, `aud` must be these bytes, or an array of strings that has them; without `aud`, `client_id` or `azp`
    /// must be. A key's own audience comes first.
    public var audience: String?
    /// Algorithms that a token may use at all; its key must be one for the same algorithm.
    public var algorithms: [Algorithm]
    /// How far our clock and the issuer's may be apart, for `exp`, `nbf` and `iat`. What is not between nothing and a
    /// day counts as the nearest of the two.
    public var leeway: Duration
    /// The claim that names the tenant: a text, a whole number, a list of one or an object of one member.
    public var tenantClaim: ClaimPath
    /// The tenant of tokens that name none, unless their key is bound to one.
    public var tenant: TenantID?
    /// How the role is found. A key's own rules come first.
    public var roles: RoleRules
    /// Tenants that no token may name but one whose key is bound to that tenant.
    public var tenantsWithIssuer: Set<String>
    /// The longest token that is looked at, in bytes.
    public var longest: Int

    public init(
        issuer: String? = nil, audience: String? = nil, algorithms: [Algorithm] = Algorithm.allCases,
        leeway: Duration = .seconds(30), tenantClaim: ClaimPath = "tenant", tenant: TenantID? = nil,
        roles: RoleRules = RoleRules(), tenantsWithIssuer: Set<String> = [], longest: Int = 16 << 10
    ) {
        self.issuer = issuer
        self.audience = audience
        self.algorithms = algorithms
        self.leeway = leeway
        self.tenantClaim = tenantClaim
        self.tenant = tenant
        self.roles = roles
        self.longest = longest
        self.tenantsWithIssuer = tenantsWithIssuer
    }

    /// - Throws: `expired`, `notYetValid` or `issuedInFuture` (RFC 7519 §4.1.4 to §4.1.6).
    func checkDates(of principal: Principal, at now: Timestamp) throws(TokenError) {
        let leeway = min(max(leeway, .zero), .seconds(86_400))
        guard now < principal.expiresAt + leeway else { throw .expired }
        if let notBefore = principal.notBefore, now < notBefore - leeway { throw .notYetValid }
        if let issuedAt = principal.issuedAt, now < issuedAt - leeway { throw .issuedInFuture }
    }
}
