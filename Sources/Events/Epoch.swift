import Text

/// One life of a database: a new file has a new epoch, so that numbers of an old one are not taken for its own.
public struct Epoch: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt32

    static let length = 8

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static func random() -> Epoch { Epoch(rawValue: .random(in: 1 ... .max)) }

    /// Nil unless `text` is eight lower-case hexadecimal digits.
    public init?(_ text: String) { self.init(bytes: text.utf8) }

    init?(bytes: some Collection<UInt8>) {
        guard let value = UInt32(hexDigits: bytes) else { return nil }
        rawValue = value
    }

    public var description: String { rawValue.hexDigits }
}
