/// What the HTTP side is told by the configuration.
public struct GatewaySettings: Sendable {
    /// Origins that browsers may call us from, compared exactly.
    public var corsOrigins: Set<String> = []
    public var maxBodyBytes = 1 << 20
    public var maxHeaderBytes = 16 << 10
    /// Milliseconds over which the clients of a server that goes down are told to come back.
    public var drainMilliseconds = 10_000
    public var retryMilliseconds = 3000
    /// Connections accepted at once, streams or not; others wait in the backlog.
    public var maxConnections = Int.max

    public init() {}
}
