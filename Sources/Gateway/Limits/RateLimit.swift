/// A limit of calls per second with a burst, as a value: the generic cell rate algorithm (ITU-T I.371 Annex A).
///
/// The only state of a caller is the time at which it will have recovered: the algorithm's theoretical arrival time.
/// Times are nanoseconds of a clock that never goes back.
public struct RateLimit: Sendable, Hashable {
    public let perSecond: Int
    public let burst: Int
    /// Nanoseconds that one call costs.
    private let interval: Int64

    /// - Parameters: both are clamped to 1…1 000 000.
    public init(perSecond: Int, burst: Int) {
        self.perSecond = min(max(perSecond, 1), 1_000_000)
        self.burst = min(max(burst, 1), 1_000_000)
        interval = (1_000_000_000 + Int64(self.perSecond) - 1) / Int64(self.perSecond)
    }

    public enum Decision: Sendable, Equatable {
        /// Allowed; `remaining` more calls would be allowed now, and the whole burst after `resetAfter` nanoseconds.
        case allowed(remaining: Int, resetAfter: Int64)
        /// Refused; one call is allowed after `retryAfter` nanoseconds.
        case refused(retryAfter: Int64)
    }

    /// Decides whether a caller that recovers at `recovery` may call now; returns its new time of recovery too. A
    /// refusal costs nothing.
    public func decide(recovery: Int64, at now: Int64) -> (decision: Decision, recovery: Int64) {
        let whole = interval * Int64(burst)
        // A caller owes at most one burst, even if the limit has changed since.
        let debt = min(max(recovery - now, 0), whole)
        guard debt + interval <= whole else { return (.refused(retryAfter: debt + interval - whole), now + debt) }
        let owed = debt + interval
        return (.allowed(remaining: Int((whole - owed) / interval), resetAfter: owed), now + owed)
    }
}
