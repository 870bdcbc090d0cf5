import Text

/// A board's name inside its tenant, as it stands in paths and tokens.
public struct BoardID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: String

    /// The board that every tenant has.
    public static let main = BoardID("main")!

    /// Nil unless `rawValue` is 1 to 64 characters of `[a-z0-9-]`.
    public init?(_ rawValue: String) {
        guard 1...64 ~= rawValue.utf8.count, rawValue.utf8.allSatisfy(Self.allows) else { return nil }
        self.rawValue = rawValue
    }

    private static func allows(_ byte: UInt8) -> Bool {
        byte.isASCIILowercase || byte.isASCIIDigit || byte == UInt8(ascii: "-")
    }

    public static func < (left: BoardID, right: BoardID) -> Bool { left.rawValue < right.rawValue }
    public var description: String { rawValue }
}
