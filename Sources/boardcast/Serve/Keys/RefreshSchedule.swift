import Client
import Text

/// Decides when a JWK set is fetched, as a value: every five minutes or after the answer's `max-age`, sooner when a
/// token names an unknown key, and after failures with growing waits.
struct RefreshSchedule: Sendable {
    /// The interval without a `max-age`, varied by a tenth so that many servers do not ask at once.
    static let usual: Duration = .seconds(300)
    /// The range to which a `max-age` is limited.
    static let sensible: ClosedRange<Duration> = .seconds(60)...Duration.seconds(3600)
    /// The set is not fetched again before this time.
    private(set) var next: ContinuousClock.Instant
    private var backoff = Backoff()

    /// - Parameter now: when it is fetched first.
    init(at now: ContinuousClock.Instant) { next = now }

    /// Fetches the set then, if it was not planned before that.
    mutating func refresh(at time: ContinuousClock.Instant) { next = min(next, time) }

    /// - Parameter maxAge: the `max-age` of the answer, if it has one.
    mutating func succeeded(
        at now: ContinuousClock.Instant, maxAge: Duration?, using generator: inout any RandomNumberGenerator
    ) {
        backoff.reset()
        let wait = maxAge.map { min(max($0, Self.sensible.lowerBound), Self.sensible.upperBound) } ?? Self.usual
        let tenth = wait.wholeMilliseconds / 10
        // Earlier only, since an answer must not be used beyond its `max-age`.
        let jitter = Int.random(in: maxAge == nil ? -tenth...tenth : -tenth...0, using: &generator)
        next = now + max(wait + .milliseconds(jitter), Self.sensible.lowerBound)
    }

    mutating func failed(
        at now: ContinuousClock.Instant, using generator: inout any RandomNumberGenerator
    ) {
        next = now + backoff.next(atLeast: .seconds(1), using: &generator)
    }

    /// The `max-age` of a `Cache-Control` (RFC 9111 §5.2.2.1), nil when there is none or it is invalid.
    static func maxAge(inCacheControl field: String) -> Duration? {
        for directive in field.lowercased().split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1).map { String($0.trimmed) }
            guard parts.count == 2, parts[0] == "max-age", 1...9 ~= parts[1].utf8.count,
                parts[1].utf8.allSatisfy(\.isASCIIDigit), let seconds = Int(parts[1])
            else { continue }
            return .seconds(seconds)
        }
        return nil
    }
}
