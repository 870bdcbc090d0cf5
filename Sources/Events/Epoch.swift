import Text

/// The name of one run of a log: each start of a gateway begins a new epoch, in which the numbers from then on are given.
///
/// A database that was put back, cut short or reverted goes on in another epoch than the life that was lost, so that the
/// numbers of the two are not taken for each other.
public struct Epoch: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt32

    static let length = 8

    /// What rows have that were written before epochs were logged; no run is named so.
    public static let unknown = Epoch(rawValue: 0)

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
