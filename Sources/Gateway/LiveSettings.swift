import Synchronization

/// The start-up settings, with the reloadable ones replaced when the server reloads. Safe to use from any thread.
final class LiveSettings: Sendable {
    private let settings: Mutex<GatewaySettings>

    init(_ settings: GatewaySettings) { self.settings = Mutex(settings) }

    var current: GatewaySettings { settings.withLock { $0 } }

    /// A part of the settings, without a copy of the rest.
    func read<Value: Sendable>(_ part: (borrowing GatewaySettings) -> Value) -> Value { settings.withLock { part($0) } }

    /// Takes over the settings that may change while connections are open: origins, proxies, rate limits and
    /// budgets.
    func use(_ other: GatewaySettings) {
        settings.withLock {
            $0.corsOrigins = other.corsOrigins
            $0.trustedProxies = other.trustedProxies
            $0.publicURL = other.publicURL
            $0.authorizationServers = other.authorizationServers
            $0.signIn = other.signIn
            $0.writes = other.writes
            $0.authFailures = other.authFailures
            $0.ownOrigins = other.ownOrigins
            $0.bodiesBytes = other.bodiesBytes
            $0.answersBytes = other.answersBytes
        }
    }
}
