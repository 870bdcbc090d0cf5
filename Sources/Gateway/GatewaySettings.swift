public import Events
public import Text

/// The settings of the HTTP side.
public struct GatewaySettings: Sendable {
    /// Origins that browsers may call us from, compared exactly.
    public var corsOrigins: Set<String> = []
    /// The limit of each user's writes.
    public var writes = PerTenant(RateLimit(perSecond: 200, burst: 400))
    /// The limit of bad tokens from each client address.
    public var authFailures = RateLimit(perSecond: 20, burst: 100)
    /// The proxies whose `Forwarded` and `X-Forwarded-…` are believed.
    public var trustedProxies: [Network] = []
    /// The URL that people's browsers see; nil when it is not known beforehand.
    public var publicURL: ServerURL?
    /// The issuers of tokens that are URLs, for clients that look for one (RFC 9728).
    public var authorizationServers: [String] = []
    /// Whether connections of trusted proxies begin with the PROXY protocol.
    public var proxyProtocol = false
    /// What the listener proves itself with by TLS; without it, it speaks plain HTTP.
    public var certificate: ServerCertificate?
    public var maxBodyBytes = 1 << 20
    /// Bytes of a file to import.
    public var maxImportBytes = 20 << 20
    /// JSON values in a body, objects and arrays counted.
    public var maxBodyValues = 10_000
    /// Bytes that all bodies that are being worked on may take together, as ``Bodies/cost(of:)`` counts them.
    public var bodiesBytes = 32 << 20
    /// Bytes that all large answers may take together until their clients have read them.
    public var answersBytes = 64 << 20
    public var maxHeaderBytes = 16 << 10
    /// The time over which the clients of a server that shuts down come back.
    public var drain = Duration.seconds(10)
    /// About when a client that was cut or refused shall come back.
    public var retry = Duration.seconds(3)
    /// How long a stream of `/api/jobs/{id}/stream` may live.
    public var jobStream = Duration.seconds(300)
    /// Connections accepted at once, streams or not; others wait in the backlog.
    public var maxConnections = Int.max
    /// Of those, connections that are not streams; beyond, those that have rested longest are closed.
    public var maxRequestConnections = 4096
    /// How people sign in on our pages; that of a tenant with an issuer of its own is the tenant's.
    public var signIn = PerTenant<SignIn?>(nil)
    /// The links of `serve --dev`; nil without it.
    public var links: OneTimeLinks?
    /// Where operators have a listener of their own; then there are no metrics on the other.
    public var operators: ListenerAddress?

    /// Further origins from which browsers may call with tokens of one tenant.
    public var ownOrigins: [TenantID: Set<String>] = [:] {
        didSet { tenantOrigins = ownOrigins.values.reduce(into: []) { $0.formUnion($1) } }
    }
    private var tenantOrigins: Set<String> = []

    public init() {}

    var place: RequestPlace.Rules {
        .init(trustedProxies: trustedProxies, publicURL: publicURL, isSecure: certificate != nil)
    }

    /// Whether any origin is allowed.
    var hasOrigins: Bool { !corsOrigins.isEmpty || !tenantOrigins.isEmpty }

    /// The origins of all tenants together, for checks before the tenant is known.
    var allOrigins: Set<String> { tenantOrigins.isEmpty ? corsOrigins : corsOrigins.union(tenantOrigins) }

    /// Whether a page of `origin` may read a response to a token of `tenant`. Without a tenant the response holds no
    /// tenant's data, so pages of any tenant's origin may read it.
    func lets(_ origin: String, read tenant: TenantID?) -> Bool {
        if corsOrigins.contains(origin) { return true }
        guard let tenant else { return tenantOrigins.contains(origin) }
        return ownOrigins[tenant]?.contains(origin) ?? false
    }
}
