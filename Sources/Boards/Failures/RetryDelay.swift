/// How long to wait before something that failed is tried again: twice as long each time, up to a bound.
struct RetryDelay: Sendable, Equatable {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(2)

    private var following = shortest

    mutating func next() -> Duration {
        defer { following = min(following * 2, Self.longest) }
        return following
    }

    /// Begins anew after a success.
    mutating func reset() { following = Self.shortest }
}
