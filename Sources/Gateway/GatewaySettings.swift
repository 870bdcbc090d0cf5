/// What the HTTP side is told by the configuration.
public struct GatewaySettings: Sendable {
    /// Origins that browsers may call us from, compared exactly.
    public var corsOrigins: Set<String> = []
    /// Of each user.
    public var writes = RateLimit(perSecond: 200, burst: 400)
    /// Of each client's address.
    public var authFailures = RateLimit(perSecond: 20, burst: 100)
    /// Whose `X-Forwarded-For` counts.
    public var trustedProxies: [Network] = []
    public var maxBodyBytes = 1 << 20
    public var maxHeaderBytes = 16 << 10
    /// Milliseconds over which the clients of a server that goes down are told to come back.
    public var drainMilliseconds = 10_000
    public var retryMilliseconds = 3000

    public init() {}
}
