/// What a job goes by: 128 random bits, so that knowing one job says nothing of another.
public struct JobID: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is 32 characters of `[0-9a-f]`.
    public init?(_ rawValue: String) {
        guard rawValue.utf8.count == 32, rawValue.utf8.allSatisfy(Self.allows) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ halves: [UInt64]) {
        rawValue = halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    public static func random() -> JobID { JobID([.random(in: .min ... .max), .random(in: .min ... .max)]) }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    public var description: String { rawValue }
}
