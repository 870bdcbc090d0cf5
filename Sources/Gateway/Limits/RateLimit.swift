public import Events

/// So many a second, and so many at once: the generic cell rate algorithm (ITU-T I.371 Annex A), as a value.
///
/// All that is kept of a caller is when it will have recovered: the algorithm's theoretical arrival time.
public struct RateLimit: Sendable, Hashable {
    public let perSecond: Int
    public let burst: Int
    /// What one call costs.
    private let interval: Duration

    /// - Parameters: both are clamped to 1…1 000 000.
    public init(perSecond: Int, burst: Int) {
        self.perSecond = min(max(perSecond, 1), 1_000_000)
        self.burst = min(max(burst, 1), 1_000_000)
        interval = .nanoseconds((1_000_000_000 + self.perSecond - 1) / self.perSecond)
    }

    public enum Decision: Sendable, Equatable {
        /// So many more would be allowed now.
        case allowed(remaining: Int)
        /// One is allowed again after so long.
        case refused(retryAfter: Duration)
    }

    /// Whether a caller that recovers at `recovery` may call now, and when it recovers then. A refusal costs nothing.
    public func decide(recovery: Uptime, at now: Uptime) -> (decision: Decision, recovery: Uptime) {
        let whole = interval * burst
        // Nobody owes more than a burst, whatever the limit was when the debt was made.
        let debt = min(max(recovery - now, .zero), whole)
        guard debt + interval <= whole else { return (.refused(retryAfter: debt + interval - whole), now + debt) }
        let owed = debt + interval
        let remaining = Int((whole - owed).attoseconds / interval.attoseconds)
        return (.allowed(remaining: remaining), now + owed)
    }
}
