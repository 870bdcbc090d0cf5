public import Events

/// Moments as tests write them: a whole number is nanoseconds.
extension Uptime: ExpressibleByIntegerLiteral {
    public init(integerLiteral nanoseconds: Int64) { self.init(nanoseconds: nanoseconds) }

    public static func second(_ number: Int) -> Uptime { 0 + .seconds(number) }
}

extension Duration {
    /// Longer than any test takes.
    public static var forever: Duration { .seconds(1_000_000_000) }
}
