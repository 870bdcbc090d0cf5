import Events
import NIOCore

/// Counts the bad tokens of each client's address. Bad tokens beyond the limit are answered with 429 instead of 401.
///
/// Tokens are still verified beyond the limit, so that a valid one is never refused because of others from the same
/// address.
struct AuthFailures: Sendable {
    let settings: LiveSettings
    /// A clock that never goes back.
    let uptime: @Sendable () -> Uptime
    let limiter = RateLimiter<ClientAddress>()

    /// Counts a refused token that came from `peer`, and returns the answer: the refusal itself, or 429. A token that
    /// waits for its key is not refused yet.
    ///
    /// - Parameter forwarded: every `X-Forwarded-For` of the request.
    func count(_ refusal: Problem, from peer: SocketAddress?, forwarded: [String]) -> Problem {
        guard refusal.code == Problem.invalidToken, refusal.keyArrival == nil,
            let peer = peer.flatMap({ ClientAddress($0) })
        else {
            return refusal
        }
        let settings = settings.current
        let client = ClientAddress(peer: peer, forwarded: forwarded, trusting: settings.trustedProxies)
        switch limiter.take(client.block, within: settings.authFailures, at: uptime()) {
        case .allowed: return refusal
        case .refused(let wait): return .rateLimited("Too many bad tokens come from this address", for: wait)
        }
    }
}
