import Events

/// Counts the bad tokens of each client's address. Bad tokens beyond the limit are answered with 429 instead of 401.
///
/// Tokens are still verified beyond the limit, so that a valid one is never refused because of others from the same
/// address.
struct AuthFailures: Sendable {
    let settings: LiveSettings
    /// A clock that never goes back.
    let uptime: @Sendable () -> Uptime
    let counters: GatewayCounters
    let limiter = RateLimiter<ClientAddress>()

    /// Counts a refused token that came from `client`, and returns the answer: the refusal itself, or 429. A token that
    /// waits for its key is not refused yet.
    func count(_ refusal: Problem, from client: ClientAddress?) -> Problem {
        guard refusal.kind == .invalidToken, refusal.keyArrival == nil else { return refusal }
        counters.countFailure(of: refusal.rule)
        guard let client else { return refusal }
        switch limiter.take(client.block, within: settings.read { $0.authFailures }, at: uptime()) {
        case .allowed: return refusal
        case .refused(let wait):
            counters.countLimited(GatewayCounters.authFailures)
            return .rateLimited("Too many bad tokens come from this address", for: wait)
        }
    }
}
