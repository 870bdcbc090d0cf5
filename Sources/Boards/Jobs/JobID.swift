import Text

/// The identifier of a job: 128 random bits, so that one id does not help to guess another.
public struct JobID: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is 32 characters of `[0-9a-f]`.
    public init?(_ rawValue: String) {
        guard rawValue.utf8.count == 32, rawValue.utf8.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ halves: [UInt64]) {
        rawValue = halves.map(\.hexDigits).joined()
    }

    public static func random() -> JobID { JobID([.random(in: .min ... .max), .random(in: .min ... .max)]) }

    public var description: String { rawValue }
}
