public import Events
import HeapModule
import Synchronization

/// Applies a ``RateLimit`` to each of many callers. Thread-safe.
///
/// It remembers a bounded number of callers. A new caller replaces one that has recovered fully, which loses nothing by
/// that; when there is none, the one that is nearest to recovery.
public final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    /// A caller in the order of recovery. It may recover later than noted here, never earlier.
    private struct Mark: Comparable {
        let recovery: Uptime
        let key: Key

        static func < (left: Mark, right: Mark) -> Bool { left.recovery < right.recovery }
        static func == (left: Mark, right: Mark) -> Bool { left.recovery == right.recovery }
    }

    private struct Callers {
        var recoveries: [Key: Uptime] = [:]
        /// Each once.
        var marks = Heap<Mark>()

        mutating func forgetOne(at now: Uptime) {
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

    let capacity: Int
    private let callers = Mutex(Callers())

    public init(capacity: Int = 100_000) { self.capacity = capacity }

    var count: Int { callers.withLock { $0.recoveries.count } }

    /// Decides on one call, and counts it if it is allowed.
    public func take(_ key: Key, within limit: RateLimit, at now: Uptime) -> RateLimit.Decision {
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
