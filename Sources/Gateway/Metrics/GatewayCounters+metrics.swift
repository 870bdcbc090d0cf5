import Rooms
import Tokens

extension MetricsText {
    /// - Parameter refusedConnections: how many the rooms have refused at a limit.
    mutating func add(_ counts: GatewayCounters.Counts, refusedConnections: Int) {
        let requests = counts.requests.sorted { ($0.key.call, $0.key.status) < ($1.key.call, $1.key.status) }
        add(
            .counter, "boardcast_http_requests_total",
            "Requests that were answered, but for streams and WebSockets, by the call's name.", by: "call", "status",
            requests.map { ($0.key.call, String($0.key.status), Double($0.value)) })
        add(
            "boardcast_http_request_seconds", "From a request's head to its answer's; a long poll's wait is not in it.",
            counts.times)
        let rules = TokenRule.allCases.map(\.rawValue) + [GatewayCounters.ticket]
        add(
            .counter, "boardcast_auth_failures_total", "Tokens and tickets that were refused, by the rule they broke.",
            by: "rule", rules.map { ($0, Double(counts.authFailures[$0] ?? 0)) })
        var limited = counts.limited
        limited["connections"] = refusedConnections
        let limits = [GatewayCounters.authFailures, GatewayCounters.writes, "connections"] + Problem.limits.values
        add(
            .counter, "boardcast_limited_total", "Requests and connections that were refused at a limit.", by: "limit",
            limits.sorted().map { ($0, Double(limited[$0] ?? 0)) })
    }
}
