import Events
import StrictJSON

/// A query string, read strictly: percent-encoding that is UTF-8, and only names that the call knows.
struct Query: Sendable {
    private let items: [(name: String, value: String)]

    /// - Throws: ``Problem`` 400 for an unknown name, a name given twice, or bad percent-encoding.
    init(_ query: String?, allowing names: Set<String>, repeatable: Set<String> = []) throws(Problem) {
        var items: [(name: String, value: String)] = []
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0]), let value = halves.count > 1 ? Self.decode(halves[1]) : "" else {
                throw .badQuery("", "the percent-encoding is broken, or is not UTF-8")
            }
            guard names.contains(name) || repeatable.contains(name) else {
                throw .badQuery(
                    name, "unknown; this call knows \((names.union(repeatable)).sorted().joined(separator: ", "))")
            }
            guard repeatable.contains(name) || !items.contains(where: { $0.name == name }) else {
                throw .badQuery(name, "given twice")
            }
            items.append((name, value))
        }
        self.items = items
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// A whole number in `range`; `fallback` when it is absent.
    func int(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(Problem) -> Int {
        guard let text = self[name] else { return fallback }
        guard let value = Int(digits: text), range.contains(value) else {
            throw .badQuery(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch self[name] {
        case nil, "0", "false": return false
        case "1", "true": return true
        default: throw .badQuery(name, "must be 1 or 0")
        }
    }

    /// The query once more, with another value for `name`.
    func with(_ name: String, _ value: String) -> String {
        (items.filter { $0.name != name } + [(name, value)])
            .map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    /// RFC 3986 §2.3: whatever is not unreserved is percent-encoded.
    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Percent-decoding of the `application/x-www-form-urlencoded` kind: `+` is a space.
    static func decode(_ text: some Collection<UInt8>) -> String? { decode(text, space: UInt8(ascii: "+")) }

    /// A part of a path (RFC 3986 §2.1), in which `+` is itself.
    static func decode(path text: some StringProtocol) -> String? { decode(text.utf8, space: nil) }

    private static func decode(_ text: some Collection<UInt8>, space: UInt8?) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case _ where byte == space: bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hex), let low = iterator.next().flatMap(hex) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
        default: nil
        }
    }
}

extension Int {
    /// Digits alone: no sign, no space, 18 at most.
    init?(digits text: String) {
        guard 1...18 ~= text.utf8.count, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        self.init(text)
    }
}
