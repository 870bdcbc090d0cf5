import Client
import Text

/// When a JWK set is fetched, as a value: every five minutes or as the answer's `max-age` has it, sooner when a token
/// names a key that is not known, and after a failure with growing waits.
struct RefreshSchedule: Sendable {
    /// Without a `max-age`; give or take a tenth, so that many servers do not ask at once.
    static let usual: Duration = .seconds(300)
    /// What of a `max-age` counts.
    static let sensible: ClosedRange<Duration> = .seconds(60)...Duration.seconds(3600)
    /// Tokens with unknown keys make us ask once in so long: anybody can send them.
    static let patience: Duration = .seconds(30)

    /// Not before this is it fetched again.
    private(set) var next: ContinuousClock.Instant
    private var askedAt: ContinuousClock.Instant?
    private var backoff = Backoff()

    /// - Parameter now: when it is fetched first.
    init(at now: ContinuousClock.Instant) { next = now }

    /// A token named a key that is not among those that were fetched last.
    mutating func unknownKey(at now: ContinuousClock.Instant) {
        if let askedAt, now < askedAt + Self.patience { return }
        askedAt = now
        next = min(next, now)
    }

    /// - Parameter maxAge: what the answer says of itself.
    mutating func succeeded(
        at now: ContinuousClock.Instant, maxAge: Duration?, using generator: inout any RandomNumberGenerator
    ) {
        backoff.reset()
        let wait = maxAge.map { min(max($0, Self.sensible.lowerBound), Self.sensible.upperBound) } ?? Self.usual
        let tenth = wait.wholeMilliseconds / 10
        // Earlier only: an answer is not to be used beyond its time.
        let jitter = Int.random(in: maxAge == nil ? -tenth...tenth : -tenth...0, using: &generator)
        next = now + max(wait + .milliseconds(jitter), Self.sensible.lowerBound)
    }

    mutating func failed(
        at now: ContinuousClock.Instant, using generator: inout any RandomNumberGenerator
    ) {
        next = now + backoff.next(atLeast: .seconds(1), using: &generator)
    }

    /// The `max-age` of a `Cache-Control` (RFC 9111 §5.2.2.1), nil when there is none that can be read.
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
