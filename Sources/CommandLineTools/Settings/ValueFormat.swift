import Glibc
import Logging
import Tokens

/// How one kind of value is spelled, and how to read it.
struct ValueFormat<Value>: Sendable {
    /// What is allowed, to be read behind "allowed:".
    let allowed: String
    let isList: Bool
    let parse: @Sendable (String) throws(Unfit) -> Value

    init(_ allowed: String, isList: Bool = false, parse: @escaping @Sendable (String) throws(Unfit) -> Value) {
        self.allowed = allowed
        self.isList = isList
        self.parse = parse
    }
}

/// Why a text is no value of a key, to be read behind the key or the text: "is not a whole number".
struct Unfit: Error {
    let problem: String
    /// Whether the message may quote the text: not when it may hold a password.
    let showsText: Bool

    init(_ problem: String, showsText: Bool = true) {
        self.problem = problem
        self.showsText = showsText
    }
}

extension ValueFormat {
    /// Values with commas between; spaces around them do not count.
    static func list<Element>(of format: ValueFormat<Element>) -> Self where Value == [Element] {
        Self("a list; each: \(format.allowed)", isList: true) { text throws(Unfit) in
            var elements: [Element] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let part = String(part.trimmed)
                if part.isEmpty, text.trimmed.isEmpty { break }
                do throws(Unfit) { elements.append(try format.parse(part)) } catch {
                    throw Unfit(error.showsText ? "has “\(part)”, which \(error.problem)" : error.problem, showsText: false)
                }
            }
            return elements
        }
    }
}

extension ValueFormat where Value == Int {
    static func whole(_ range: ClosedRange<Int>, of unit: String? = nil) -> Self {
        let what = unit.map { "a whole number of \($0)" } ?? "a whole number"
        return Self("\(what) from \(range.lowerBound) to \(range.upperBound)") { text throws(Unfit) in
            guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") }), let value = Int(text) else {
                throw Unfit("is not a whole number")
            }
            guard range.contains(value) else { throw Unfit("is out of range") }
            return value
        }
    }
}

extension ValueFormat where Value == Duration {
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        let number = ValueFormat<Int>.whole(range, of: "seconds")
        return Self(number.allowed) { text throws(Unfit) in .seconds(try number.parse(text)) }
    }

    static func milliseconds(_ range: ClosedRange<Int>) -> Self {
        let number = ValueFormat<Int>.whole(range, of: "milliseconds")
        return Self(number.allowed) { text throws(Unfit) in .milliseconds(try number.parse(text)) }
    }
}

extension ValueFormat where Value == String {
    /// Anything but nothing.
    static func text(_ what: String) -> Self {
        Self(what) { text throws(Unfit) in
            guard !text.isEmpty else { throw Unfit("is empty") }
            return text
        }
    }

    static let path = text("the path of a file")
    static let directory = text("the path of a directory")

    static let host = Self("a host name or an address, without port") { text throws(Unfit) in
        guard !text.isEmpty else { throw Unfit("is empty") }
        let isName = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) }
        guard isName || text.isIPv6Address else { throw Unfit("is neither a name nor an address") }
        return text
    }

    /// An origin as browsers send it (RFC 6454 §6.2), since it is compared byte by byte.
    static let origin = Self("an exact origin such as https://boards.example.com") { text throws(Unfit) in
        guard !text.contains("*") else { throw Unfit("has a wildcard, which would let any site in") }
        guard let origin = ServerURL(text), origin.description == text, origin.path.isEmpty, text == text.lowercased() else {
            throw Unfit("is not an origin as browsers send it")
        }
        guard !origin.hasDefaultPort else { throw Unfit("has the port that browsers leave out") }
        return text
    }

    static let httpsURL = Self("an https URL") { text throws(Unfit) in
        guard text.hasPrefix("https://"), text.utf8.count > 8, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Unfit("is not an https URL", showsText: false)
        }
        return text
    }

    static let network = Self("an address, or a network such as 10.0.0.0/8") { text throws(Unfit) in
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let bits = parts[0].isIPv4Address ? 32 : parts[0].isIPv6Address ? 128 : nil
        guard let bits else { throw Unfit("is not an address") }
        if parts.count > 1 {
            guard let length = Int(parts[1]), 0...bits ~= length, String(length) == parts[1] else {
                throw Unfit("has a prefix length that is not 0 to \(bits)")
            }
        }
        return text
    }
}

extension ValueFormat where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of an enum's names, spelled exactly.
    static func name() -> Self {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(names) { text throws(Unfit) in
            guard let value = Value.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
                throw Unfit("is none of these")
            }
            return value
        }
    }
}

extension ValueFormat where Value == Algorithm {
    static let algorithm = Self(name().allowed + "; none never") { text throws(Unfit) in try name().parse(text) }
}

extension ValueFormat where Value == Secret {
    static let secret = Self("at least 32 bytes, as `openssl rand -base64 48` makes them") { text throws(Unfit) in
        let bytes = Array(text.utf8)
        guard bytes.count >= 32 else { throw Unfit("has only \(bytes.count) bytes") }
        guard bytes.contains(where: { $0 != bytes[0] }) else { throw Unfit("is one byte again and again") }
        return Secret(bytes)
    }
}

extension StringProtocol {
    var trimmed: SubSequence {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return rest
    }
}

extension UInt8 {
    var isASCIIAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension String {
    var isIPv4Address: Bool {
        var address = in_addr()
        return inet_pton(AF_INET, self, &address) == 1
    }

    var isIPv6Address: Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, self, &address) == 1
    }
}
