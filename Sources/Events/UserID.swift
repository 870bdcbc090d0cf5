/// A user: the `sub` of a verified token, 1 to 255 bytes of any text.
///
/// Compared by bytes: Swift's own text equality takes U+212A for `K`, and two users for one.
public struct UserID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is 1 to 255 bytes of UTF-8 without U+0000, at which databases end a text.
    public init?(_ rawValue: String) {
        guard 1...255 ~= rawValue.utf8.count, !rawValue.utf8.contains(0) else { return nil }
        self.rawValue = rawValue
    }

    public static func == (left: UserID, right: UserID) -> Bool {
        left.rawValue.utf8.count == right.rawValue.utf8.count && left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    public static func < (left: UserID, right: UserID) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }

    public var description: String { rawValue }
}
