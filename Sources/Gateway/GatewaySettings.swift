public import Events

/// The settings of the HTTP side.
public struct GatewaySettings: Sendable {
    /// Origins that browsers may call us from, compared exactly.
    public var corsOrigins: Set<String> = []
    /// Of each user.
    public var writes = PerTenant(RateLimit(perSecond: 200, burst: 400))
    /// Of each client's address.
    public var authFailures = RateLimit(perSecond: 20, burst: 100)
    /// Whose `X-Forwarded-For` counts.
    public var trustedProxies: [Network] = []
    public var maxBodyBytes = 1 << 20
    public var maxHeaderBytes = 16 << 10
    /// Milliseconds over which the clients of a server that shuts down come back.
    public var drainMilliseconds = 10_000
    public var retryMilliseconds = 3000
    /// How long a stream of `/api/jobs/{id}/stream` may live.
    public var jobStreamMilliseconds = 300_000
    /// Connections accepted at once, streams or not; others wait in the backlog.
    public var maxConnections = Int.max

    /// Further origins from which browsers may call with tokens of one tenant.
    public var ownOrigins: [TenantID: Set<String>] = [:] {
        didSet { tenantOrigins = ownOrigins.values.reduce(into: []) { $0.formUnion($1) } }
    }
    private var tenantOrigins: Set<String> = []

    public init() {}

    /// Whether there is an origin at all that pages may call from.
    var hasOrigins: Bool { !corsOrigins.isEmpty || !tenantOrigins.isEmpty }

    /// Those of all and of each tenant: for what comes before it is known whose it is.
    var allOrigins: Set<String> { tenantOrigins.isEmpty ? corsOrigins : corsOrigins.union(tenantOrigins) }

    /// Whether a page of `origin` may read what is said to a token of `tenant`; when there is none, nothing of any
    /// tenant is said, and a page of each may know that.
    func lets(_ origin: String, read tenant: TenantID?) -> Bool {
        if corsOrigins.contains(origin) { return true }
        guard let tenant else { return tenantOrigins.contains(origin) }
        return ownOrigins[tenant]?.contains(origin) ?? false
    }
}
