import Text

/// How long to wait before each new try to connect: full jitter, so that those who were cut together come back apart.
public struct Backoff: Sendable {
    /// The bound of the first wait.
    public static let first: Duration = .milliseconds(500)
    /// The bound of every later one, however many there were.
    public static let longest: Duration = .seconds(20)

    private var failures = 0

    /// A backoff whose next wait is the first.
    public init() {}

    /// To be called once a connection works.
    public mutating func reset() { failures = 0 }

    /// A wait of `least` at least, and else anything up to a bound that doubles with each try.
    ///
    /// - Parameter least: what the server asked for.
    public mutating func next(atLeast least: Duration, using generator: inout any RandomNumberGenerator) -> Duration {
        let bound = min(Self.longest, Self.first * (1 << min(failures, 10)))
        failures += 1
        let jitter = Duration.milliseconds(Int.random(in: 0...bound.wholeMilliseconds, using: &generator))
        return max(least, jitter)
    }
}
