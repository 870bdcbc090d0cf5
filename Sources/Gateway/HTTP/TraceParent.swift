import HTTPTypes
import Text

/// The field `traceparent` of a request (W3C Trace Context §3.2). The trace's id is in the request's line of the access log;
/// where spans are collected, the request's is a child of the one that it names.
struct TraceParent: Equatable {
    /// 32 hexadecimal digits.
    let traceID: String
    /// 16 hexadecimal digits: the caller's span.
    let spanID: String
    /// Whether the caller's span may be recorded.
    let isSampled: Bool

    /// Nil for what is not well formed, or is there more than once.
    init?(_ fields: HTTPFields) {
        let values = fields[values: .traceparent]
        guard values.count == 1 else { return nil }
        self.init(values[0])
    }

    /// `VERSION-TRACE-PARENT-FLAGS`. Versions after 00 may have more parts.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ Self.isHex($0, $1) }) else { return nil }
        guard !parts[0].elementsEqual("ff".utf8), parts.count == 4 || !parts[0].allSatisfy(Self.isZero) else {
            return nil
        }
        guard !parts[1].allSatisfy(Self.isZero), !parts[2].allSatisfy(Self.isZero) else { return nil }
        (traceID, spanID) = (String(Substring(parts[1])), String(Substring(parts[2])))
        isSampled = (parts[3].last?.lowercaseHexValue ?? 0) & 1 == 1
    }

    private static func isZero(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "0") }

    private static func isHex(_ part: Substring.UTF8View, _ count: Int) -> Bool {
        part.count == count
            && part.allSatisfy { $0.isASCIIDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 }
    }
}
