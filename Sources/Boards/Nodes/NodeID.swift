import Text

/// One stay of a gateway among those that share a database: 16 random hexadecimal digits, new for each start, and for each
/// return of a gateway whose lease had run out.
public struct NodeID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nil unless `text` is what ``description`` makes.
    public init?(_ text: String) {
        guard text.utf8.count == 16, let value = UInt64(hexDigits: text.utf8) else { return nil }
        rawValue = value
    }

    public static func random() -> NodeID { NodeID(rawValue: .random(in: 1 ... .max)) }
    public static func < (left: NodeID, right: NodeID) -> Bool { left.rawValue < right.rawValue }

    public var description: String { rawValue.hexDigits }
}
