/// A name for one live stream, 16 hexadecimal digits drawn at random.
public struct ConnectionID: Sendable, Hashable, CustomStringConvertible {
    private let rawValue: UInt64

    private init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Nil unless `text` is what ``description`` makes.
    public init?(_ text: String) {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }),
            let value = UInt64(text, radix: 16)
        else { return nil }
        rawValue = value
    }

    public static func random() -> ConnectionID { ConnectionID(rawValue: .random(in: .min ... .max)) }

    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
