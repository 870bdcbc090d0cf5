/// So many a second, and so many at once: the generic cell rate algorithm (ITU-T I.371 Annex A), as a value.
///
/// All that is kept of a caller is when it will have recovered: the algorithm's theoretical arrival time. Times are
/// nanoseconds of a clock that never goes back.
public struct RateLimit: Sendable, Hashable {
    public let perSecond: Int
    public let burst: Int
    /// What one call costs.
    private let interval: Int64

    /// - Parameters: both 1 to 1 000 000, the nearest of which counts for a number beyond.
    public init(perSecond: Int, burst: Int) {
        self.perSecond = min(max(perSecond, 1), 1_000_000)
        self.burst = min(max(burst, 1), 1_000_000)
        interval = (1_000_000_000 + Int64(self.perSecond) - 1) / Int64(self.perSecond)
    }

    public enum Decision: Sendable, Equatable {
        /// `remaining` more would be allowed now, and the whole burst once `resetAfter` is over.
        case allowed(remaining: Int, resetAfter: Int64)
        /// One is allowed again after so long.
        case refused(retryAfter: Int64)
    }

    /// Whether a caller that recovers at `recovery` may call now, and when it recovers then. A refusal costs nothing.
    public func decide(recovery: Int64, at now: Int64) -> (decision: Decision, recovery: Int64) {
        let whole = interval * Int64(burst)
        // Nobody owes more than a burst, whatever the limit was when the debt was made.
        let debt = min(max(recovery - now, 0), whole)
        guard debt + interval <= whole else { return (.refused(retryAfter: debt + interval - whole), now + debt) }
        let owed = debt + interval
        return (.allowed(remaining: Int((whole - owed) / interval), resetAfter: owed), now + owed)
    }
}
