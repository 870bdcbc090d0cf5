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
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    public var description: String { rawValue }
}
