/// The pauses between attempts: each may be twice as long as the one before, with chance in it, so that clients that were cut
/// together do not come back together.
struct Pauses: Sendable {
    static let longest = 20.0
    private var bound = 1.0

    mutating func reset() { bound = 1 }

    /// - Parameter least: what the gateway asks for.
    mutating func next(atLeast least: Duration) -> Duration {
        defer { bound = min(Self.longest, bound * 2) }
        return max(least, .seconds(Double.random(in: 0.5...max(0.6, bound))))
    }
}
