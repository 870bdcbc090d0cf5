public import Events

/// Moments as tests write them: a whole number is milliseconds since 1970.
extension Timestamp: ExpressibleByIntegerLiteral {
    public init(integerLiteral milliseconds: Int) { self.init(milliseconds: milliseconds) }
}

extension Timestamp {
    public static func + (moment: Timestamp, milliseconds: Int) -> Timestamp { moment + .milliseconds(milliseconds) }
    public static func - (moment: Timestamp, milliseconds: Int) -> Timestamp { moment - .milliseconds(milliseconds) }
}
