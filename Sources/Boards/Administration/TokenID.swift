/// The `jti` of a token (RFC 7519 §4.1.7): 1 to 255 bytes of any text, compared by bytes.
public struct TokenID: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is 1 to 255 bytes of UTF-8 without U+0000, at which databases end a text.
    public init?(_ rawValue: String) {
        guard 1...255 ~= rawValue.utf8.count, !rawValue.utf8.contains(0) else { return nil }
        self.rawValue = rawValue
    }

    public static func == (left: TokenID, right: TokenID) -> Bool {
        left.rawValue.utf8.count == right.rawValue.utf8.count && left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    public var description: String { rawValue }
}
