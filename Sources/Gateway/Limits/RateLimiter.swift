import HeapModule
import Synchronization

/// Holds each of many callers to a ``RateLimit``. Safe to use from any thread.
///
/// Remembers so many callers as it has room for. A new one takes the place of one that has recovered in full, which
/// loses nothing by it; when there is none, of the one that is nearest to it.
public final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    /// A caller in the order of recovery. It may recover later than is noted here, never earlier.
    private struct Mark: Comparable {
        let recovery: Int64
        let key: Key

        static func < (left: Mark, right: Mark) -> Bool { left.recovery < right.recovery }
        static func == (left: Mark, right: Mark) -> Bool { left.recovery == right.recovery }
    }

    private struct Callers {
        var recoveries: [Key: Int64] = [:]
        /// Each once.
        var marks = Heap<Mark>()

        mutating func forgetOne(at now: Int64) {
            // A bound on what one call costs; a caller that recovers late may go for want of a better one.
            for _ in 0..<16 {
                guard let first = marks.min, let recovery = recoveries[first.key],
                    recovery > max(first.recovery, now)
                else { break }
                marks.replaceMin(with: Mark(recovery: recovery, key: first.key))
            }
            if let gone = marks.popMin() { recoveries[gone.key] = nil }
        }
    }

    private let capacity: Int
    private let callers = Mutex(Callers())

    public init(capacity: Int = 100_000) { self.capacity = capacity }

    var count: Int { callers.withLock { $0.recoveries.count } }

    /// Decides on one call, and counts it if it is allowed.
    ///
    /// - Parameter now: nanoseconds of a clock that never goes back.
    public func take(_ key: Key, within limit: RateLimit, at now: Int64) -> RateLimit.Decision {
        callers.withLock { callers in
            let known = callers.recoveries[key]
            let (decision, recovery) = limit.decide(recovery: known ?? now, at: now)
            if known == nil {
                if callers.recoveries.count >= capacity { callers.forgetOne(at: now) }
                callers.marks.insert(Mark(recovery: recovery, key: key))
            }
            callers.recoveries[key] = recovery
            return decision
        }
    }
}
