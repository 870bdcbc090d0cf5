import Text

/// The unit of isolation, named by a verified token and by nothing else.
///
/// ASCII only, so that Swift's text equality and SQLite's byte equality agree on which tenants are the same.
public struct TenantID: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is 1 to 64 characters of `[A-Za-z0-9._-]`.
    public init?(_ rawValue: String) {
        guard 1...64 ~= rawValue.utf8.count, rawValue.utf8.allSatisfy(Self.allows) else { return nil }
        self.rawValue = rawValue
    }

    private static func allows(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || "._-".utf8.contains(byte)
    }

    public var description: String { rawValue }
}
