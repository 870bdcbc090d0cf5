/// A name for one live stream, 16 hexadecimal digits drawn at random.
public struct ConnectionID: Sendable, Hashable, CustomStringConvertible {
    private let rawValue: UInt64

    private init(rawValue: UInt64) { self.rawValue = rawValue }

    public static func random() -> ConnectionID { ConnectionID(rawValue: .random(in: .min ... .max)) }

    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
