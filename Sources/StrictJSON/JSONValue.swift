/// A JSON text as it stood: numbers keep their spelling, objects keep their order (RFC 8259).
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The value as an integer, when it is a number without a fraction that fits (`7`, `7.0`, `7e0`).
    public var int: Int? { if case .number(let value) = self { value.int } else { nil } }
    public var double: Double? { if case .number(let value) = self { value.double } else { nil } }

    /// Strings are compared by their UTF-8 bytes: Swift's own `==` takes U+212A for `K` and NFD for NFC.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

/// A number as it was spelled, so that nothing is lost on the way through.
public struct JSONNumber: Sendable, Equatable {
    public let text: String

    /// `text` must follow RFC 8259 §6; the parser is the one that makes sure.
    init(text: String) { self.text = text }
    public init(_ value: Int) { text = String(value) }

    /// The number if it is whole and fits, however it is spelled (`7`, `7.0`, `70e-1`); never rounded.
    public var int: Int? { Int(text) ?? Self.whole(text.utf8) }

    /// The digits with the point moved by the exponent.
    private static func whole(_ text: String.UTF8View) -> Int? {
        guard let parts = Parts(text) else { return nil }
        guard !parts.digits.isEmpty else { return 0 }
        guard 0...18 ~= parts.scale, parts.digits.count < 64 else { return nil }
        return Int(parts.sign + parts.text + String(repeating: "0", count: parts.scale))
    }

    /// The same for each spelling of one number. An exponent beyond 2³² stays as it was spelled.
    var canonicalText: String {
        guard let parts = Parts(text.utf8) else { return text }
        return parts.digits.isEmpty ? "0" : "\(parts.sign)\(parts.text)e\(parts.scale)"
    }

    /// The number as a whole one, without zeros at either end, times a power of ten; zero has no digits.
    private struct Parts {
        let sign: String
        private(set) var digits: [UInt8] = []
        private(set) var scale = 0

        var text: String { String(decoding: digits, as: UTF8.self) }

        init?(_ text: String.UTF8View) {
            var rest = text[...]
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative { rest = rest.dropFirst() }
            sign = isNegative ? "-" : ""
            var isFraction = false
            while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
                rest = rest.dropFirst()
                guard byte != UInt8(ascii: ".") else { isFraction = true; continue }
                if !digits.isEmpty || byte != 0x30 { digits.append(byte) }
                if isFraction { scale -= 1 }
            }
            guard !digits.isEmpty else { return }
            if !rest.isEmpty {
                guard let exponent = Int(String(rest.dropFirst()) ?? ""), abs(exponent) < 1 << 32 else { return nil }
                scale += exponent
            }
            while digits.last == 0x30 {
                digits.removeLast()
                scale += 1
            }
        }
    }

    /// Infinite when the literal is beyond a double (`1e400`).
    public var double: Double? { Double(text) }
}

/// Members in the order they stood; names are unique and compared by bytes.
public struct JSONObject: Sendable, Equatable {
    public struct Member: Sendable {
        public let name: String
        public var value: JSONValue
    }
    public private(set) var members: [Member]

    public init() { members = [] }

    /// - Precondition: names are unique; the parser checks it.
    init(unchecked members: [Member]) { self.members = members }

    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name.hasSameBytes(as: name) }?.value }
        set {
            let index = members.firstIndex { $0.name.hasSameBytes(as: name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Equal whatever the order, as RFC 8259 §4 has it.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }
}

extension String {
    /// Byte equality: what SQL, files and keys mean by "the same".
    public func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let isSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
