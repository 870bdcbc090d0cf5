import Text

/// The identifier of one live connection: 16 random hexadecimal digits.
public struct ConnectionID: Sendable, Hashable, CustomStringConvertible {
    private let rawValue: UInt64

    private init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nil unless `text` is what ``description`` makes.
    public init?(_ text: String) {
        guard let value = UInt64(hexDigits: text.utf8) else { return nil }
        rawValue = value
    }

    public static func random() -> ConnectionID { ConnectionID(rawValue: BoughtRandomness().next()) }

    public var description: String { rawValue.hexDigits }
}
