import Text

/// How long to wait before each new try to connect: full jitter, so that clients that were cut together do not
/// reconnect together.
public struct Backoff: Sendable {
    /// The bound of the first wait.
    public static let first: Duration = .milliseconds(500)
    /// The bound of every later wait.
    public static let longest: Duration = .seconds(20)

    private var failures = 0

    /// A backoff whose next wait is the first.
    public init() {}

    /// Starts again from the first wait; call it once a connection works.
    public mutating func reset() { failures = 0 }

    /// A random wait of at least `least`, up to a bound that doubles with each try.
    ///
    /// - Parameter least: what the server asked for.
    public mutating func next(atLeast least: Duration, using generator: inout any RandomNumberGenerator) -> Duration {
        let bound = min(Self.longest, Self.first * (1 << min(failures, 10)))
        failures += 1
        let jitter = Duration.milliseconds(Int.random(in: 0...bound.wholeMilliseconds, using: &generator))
        return max(least, jitter)
    }
}
