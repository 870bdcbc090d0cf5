/// One life of a database: a new file has a new epoch, so that numbers of an old one are not taken for its own.
public struct Epoch: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt32

    static let length = 8

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static func random() -> Epoch { Epoch(rawValue: .random(in: 1 ... .max)) }

    /// Nil unless `text` is eight lower-case hexadecimal digits.
    public init?(_ text: String) { self.init(bytes: text.utf8) }

    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        var value: UInt32 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        rawValue = value
    }

    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: Self.length - digits.count) + digits
    }
}
