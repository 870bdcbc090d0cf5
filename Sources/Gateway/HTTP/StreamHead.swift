import Text

/// The head of an ordinary request for a stream, read in place: where its query, its token and its cursor stand among the
/// bytes.
///
/// It is much stricter than HTTP (RFC 9112): whatever is unusual is not read here, but by the HTTP decoder and
/// ``RequestRules``, which judge it and answer it. What is read here means the same to them.
struct StreamHead: Equatable {
    /// A field of which the credentials, the origin or the place of a request are made.
    enum Field: Equatable {
        case cookie, origin, fetchSite, forwardedFor, forwardedHost, forwardedProto, prefix, forwarded
    }

    struct Value: Equatable {
        let field: Field
        let place: Range<Int>
    }

    /// What follows the `?`; empty without one.
    private(set) var query = 0..<0
    private(set) var host = 0..<0
    /// What follows `Bearer `.
    private(set) var token: Range<Int>?
    private(set) var lastEventID: Range<Int>?
    /// The client's name for itself; empty without one.
    private(set) var agent = 0..<0
    /// The others, in their order; most requests have none.
    private(set) var others: [Value] = []

    private static let start: StaticString = "GET /sse/connect"
    private static let mostFields = 100

    /// Nil unless `bytes` are one whole head and nothing else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var text = Scanner(bytes)
        guard text.skip(Self.start) else { return nil }
        if text.skip("?") { query = text.take(while: \.isInTarget) }
        guard text.skip(" HTTP/1.1\r\n") else { return nil }
        var fields = 0
        while !text.skip("\r\n") {
            let name = text.take(while: \.isInFieldName)
            fields += 1
            guard fields <= Self.mostFields, !name.isEmpty, text.skip(":") else { return nil }
            _ = text.take(while: \.isBlank)
            let value = text.take(while: \.isInFieldValue)
            guard text.skip("\r\n"), note(name, value, in: text) else { return nil }
        }
        guard text.isAtEnd, !host.isEmpty else { return nil }
    }

    /// - Returns: false for a field that is not read here, or not so.
    private mutating func note(_ name: Range<Int>, _ value: Range<Int>, in text: Scanner) -> Bool {
        // By its length first: of most fields no more is read.
        switch name.count {
        case 4:
            guard text.isWord(name, "host") else { return true }
            guard host.isEmpty, text.isPlainHost(value) else { return false }
            host = value
            return true
        case 6:
            if text.isWord(name, "expect") { return false }
            if text.isWord(name, "cookie") { return add(.cookie, value, in: text) }
            return text.isWord(name, "origin") ? add(.origin, value, in: text) : true
        case 7: return !text.isWord(name, "upgrade")
        case 9: return text.isWord(name, "forwarded") ? add(.forwarded, value, in: text) : true
        case 10:
            if agent.isEmpty, text.isWord(name, "user-agent") {
                agent = value
                return true
            }
            return !text.isWord(name, "connection") || text.isWord(value, "keep-alive")
        case 13:
            if text.isWord(name, "authorization") {
                guard token == nil, value.count > 7, text.isWord(value.lowerBound..<value.lowerBound + 7, "bearer ")
                else {
                    return false
                }
                token = value.lowerBound + 7..<value.upperBound
                return text.isTrimmed(token ?? value)
            }
            guard text.isWord(name, "last-event-id") else { return true }
            guard lastEventID == nil, text.isTrimmed(value) else { return false }
            lastEventID = value
            return true
        case 14:
            if text.isWord(name, "sec-fetch-site") { return add(.fetchSite, value, in: text) }
            return !text.isWord(name, "content-length")
        case 15: return text.isWord(name, "x-forwarded-for") ? add(.forwardedFor, value, in: text) : true
        case 16: return text.isWord(name, "x-forwarded-host") ? add(.forwardedHost, value, in: text) : true
        case 17:
            if text.isWord(name, "x-forwarded-proto") { return add(.forwardedProto, value, in: text) }
            return !text.isWord(name, "transfer-encoding")
        case 18: return text.isWord(name, "x-forwarded-prefix") ? add(.prefix, value, in: text) : true
        default: return true
        }
    }

    private mutating func add(_ field: Field, _ value: Range<Int>, in text: Scanner) -> Bool {
        guard text.isTrimmed(value) else { return false }
        others.append(Value(field: field, place: value))
        return true
    }
}

/// Reads bytes from the front.
private struct Scanner {
    private let bytes: UnsafeRawBufferPointer
    private var next = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { next == bytes.count }

    /// Whether `text` comes next; then it is behind us.
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - next >= count else { return false }
        for index in 0..<count where bytes[next + index] != text.utf8Start[index] { return false }
        next += count
        return true
    }

    mutating func take(while condition: (UInt8) -> Bool) -> Range<Int> {
        let start = next
        while next < bytes.count, condition(bytes[next]) { next += 1 }
        return start..<next
    }

    /// Whether `word`, in small letters, stands there, in letters of either case.
    func isWord(_ place: Range<Int>, _ word: StaticString) -> Bool {
        guard place.count == word.utf8CodeUnitCount else { return false }
        for (index, at) in place.enumerated() {
            let byte = bytes[at]
            guard (0x41...0x5A ~= byte ? byte | 0x20 : byte) == word.utf8Start[index] else { return false }
        }
        return true
    }

    /// A name or an IPv4 address, and perhaps a port.
    func isPlainHost(_ place: Range<Int>) -> Bool {
        let colon = place.first { bytes[$0] == UInt8(ascii: ":") } ?? place.upperBound
        let name = place.lowerBound..<colon
        guard !name.isEmpty,
            name.allSatisfy({ bytes[$0].isASCIIAlphanumeric || bytes[$0] == 0x2D || bytes[$0] == 0x2E })
        else { return false }
        return place[colon...].dropFirst().allSatisfy { bytes[$0].isASCIIDigit }
    }

    /// Whether no blank stands at an end of it, and something stands there.
    func isTrimmed(_ place: Range<Int>) -> Bool {
        guard let last = place.last else { return false }
        return !bytes[place.lowerBound].isBlank && !bytes[last].isBlank
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// A visible character of ASCII, but for the mark of a fragment.
    fileprivate var isInTarget: Bool { 0x21...0x7E ~= self && self != 0x23 }
    /// RFC 9110 §5.6.2.
    fileprivate var isInFieldName: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
    /// Of ASCII; with other bytes the decoder decides.
    fileprivate var isInFieldValue: Bool { 0x20...0x7E ~= self || self == 0x09 }
}
