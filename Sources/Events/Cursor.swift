import Text

/// A place in a tenant's log: everything up to and including `seq` has been seen.
///
/// On the wire it is `SEQ-EPOCH`, for example `42-9f03c1aa`: the SSE `id`, the `since` of a query. Opaque to clients,
/// and hostile input when it comes back.
public struct Cursor: Sendable, Hashable, CustomStringConvertible {
    /// 0 stands before the first event.
    public let seq: Int
    public let epoch: Epoch

    public init(seq: Int, epoch: Epoch) {
        self.seq = seq
        self.epoch = epoch
    }

    /// Nil unless `text` is what ``description`` makes: digits without sign or leading zero, one dash, an epoch.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(Self.longest + 1))
        guard bytes.count <= Self.longest, let dash = bytes.firstIndex(of: UInt8(ascii: "-")), dash >= 1,
            let seq = Self.number(bytes[..<dash]), let epoch = Epoch(bytes: bytes[(dash + 1)...])
        else { return nil }
        self.init(seq: seq, epoch: epoch)
    }

    private static let longest = 19 + 1 + Epoch.length

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        if digits.first == UInt8(ascii: "0") { return digits.count == 1 ? 0 : nil }
        var value = 0
        for digit in digits {
            guard digit.isASCIIDigit else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            let (sum, carried) = tens.addingReportingOverflow(Int(digit - 0x30))
            guard !carried else { return nil }
            value = sum
        }
        return value
    }

    public var description: String { "\(seq)-\(epoch)" }
}
