import Text

/// Reads one JSON text (RFC 8259) and refuses whatever two readers could understand differently:
/// a name given twice, invalid UTF-8, half surrogate pairs, anything after the value.
public struct JSONParser {
    /// Bounds checked before and while reading.
    public struct Limits: Sendable {
        public var bytes: Int
        public var depth: Int
        /// Values of any kind, objects and arrays among them. They bound the tree, which may be many times as large as
        /// its text: a digit and a comma become a number of 24 bytes.
        public var values: Int
        public init(bytes: Int = 1 << 20, depth: Int = 32, values: Int = .max) {
            self.bytes = bytes
            self.depth = depth
            self.values = values
        }
    }

    private let input: UnsafeBufferPointer<UInt8>
    private let limits: Limits
    private var position = 0
    private var count = 0

    public static func parse(_ bytes: some Sequence<UInt8>, limits: Limits = Limits()) throws(JSONError) -> JSONValue {
        let parsed = bytes.withContiguousStorageIfAvailable { parse(buffer: $0, limits: limits) }
        return try (parsed ?? Array(bytes).withUnsafeBufferPointer { parse(buffer: $0, limits: limits) }).get()
    }

    private static func parse(
        buffer: UnsafeBufferPointer<UInt8>, limits: Limits
    ) -> Result<JSONValue, JSONError> {
        Result { () throws(JSONError) -> JSONValue in
            guard buffer.count <= limits.bytes else { throw .tooLong(limit: limits.bytes) }
            var parser = JSONParser(input: buffer, limits: limits)
            let value = try parser.value(depth: 0)
            parser.skipSpace()
            guard parser.position == buffer.count else { throw .trailingBytes(offset: parser.position) }
            return value
        }
    }

    /// Reads the value that begins at `position` and moves `position` to its end; what follows is not looked at.
    static func value(
        in buffer: UnsafeBufferPointer<UInt8>, at position: inout Int, limits: Limits
    ) throws(JSONError) -> JSONValue {
        let end = min(buffer.count - position, limits.bytes) + position
        var parser = JSONParser(input: UnsafeBufferPointer(rebasing: buffer[position..<end]), limits: limits)
        do {
            let value = try parser.value(depth: 0)
            position += parser.position
            return value
        } catch {
            guard error == .unexpectedEnd, end < buffer.count else { throw error.moved(by: position) }
            throw .tooLong(limit: limits.bytes)
        }
    }

    private init(input: UnsafeBufferPointer<UInt8>, limits: Limits) {
        self.input = input
        self.limits = limits
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        count += 1
        guard count <= limits.values else { throw .tooManyValues(limit: limits.values) }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
        position += 1
        var members: [JSONObject.Member] = []
        var names = Set<[UInt8]>()  // used once an object is too large to compare pair by pair
        skipSpace()
        if try take(UInt8(ascii: "}")) { return JSONObject(unchecked: members) }
        // Only the outermost: a text of many small objects would have as many arrays of eight.
        if depth == 1 { members.reserveCapacity(8) }
        while true {
            skipSpace()
            let start = position
            guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte(offset: position) }
            let name = try string()
            if members.count < 16 {
                guard !members.contains(where: { $0.name.hasSameBytes(as: name) }) else {
                    throw .duplicateName(offset: start)
                }
            } else {
                if names.isEmpty { names = Set(members.map { Array($0.name.utf8) }) }
                guard names.insert(Array(name.utf8)).inserted else { throw .duplicateName(offset: start) }
            }
            skipSpace()
            guard try take(UInt8(ascii: ":")) else { throw .unexpectedByte(offset: position) }
            members.append(.init(name: name, value: try value(depth: depth)))
            skipSpace()
            if try take(UInt8(ascii: "}")) { return JSONObject(unchecked: members) }
            guard try take(UInt8(ascii: ",")) else { throw .unexpectedByte(offset: position) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= limits.depth else { throw .tooDeep(limit: limits.depth) }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if try take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if try take(UInt8(ascii: "]")) { return elements }
            guard try take(UInt8(ascii: ",")) else { throw .unexpectedByte(offset: position) }
        }
    }

    /// RFC 8259 §6: no leading zero, no leading plus, digits on both sides of the point.
    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        if input[position] == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if position < input.count, input[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < input.count, input[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if let sign = position < input.count ? input[position] : nil, sign == 0x2B || sign == 0x2D { position += 1 }
            try digits()
        }
        return JSONNumber(text: String(decoding: input[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < input.count, input[position].isASCIIDigit { position += 1 }
        guard position > start else {
            if position == input.count { throw .unexpectedEnd }
            throw .unexpectedByte(offset: position)
        }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < input.count {
            let byte = input[position]
            if byte == UInt8(ascii: "\"") {
                let text = try utf8(input[start..<position])
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw .unexpectedByte(offset: position) }
            position += 1
        }
        throw .unexpectedEnd
    }

    /// The rest of a string that has an escape in it, gathered byte by byte.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var bytes = Array(input[start..<position])
        while position < input.count {
            let byte = input[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &bytes)
            case 0..<0x20: throw .unexpectedByte(offset: position)
            default:
                bytes.append(byte)
                position += 1
            }
        }
        throw .unexpectedEnd
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let start = position - 2
            var scalar = try hexQuad()
            if scalar & 0xFC00 == 0xD800 {
                guard position + 1 < input.count, input[position] == UInt8(ascii: "\\"),
                    input[position + 1] == UInt8(ascii: "u")
                else { throw .loneSurrogate(offset: start) }
                position += 2
                let low = try hexQuad()
                guard low & 0xFC00 == 0xDC00 else { throw .loneSurrogate(offset: start) }
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw .loneSurrogate(offset: start) }
            bytes.append(contentsOf: UTF8.encode(unicode)!)
        default: throw .unexpectedByte(offset: position - 1)
        }
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = try peek().hexValue else { throw .unexpectedByte(offset: position) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[index] else { throw .unexpectedByte(offset: position) }
            position += 1
        }
        return value
    }

    private func utf8(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONError) -> String {
        do {
            return String(copying: try UTF8Span(validating: UnsafeBufferPointer(rebasing: slice).span))
        } catch {
            throw .invalidUTF8
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < input.count else { throw .unexpectedEnd }
        return input[position]
    }

    private mutating func take(_ byte: UInt8) throws(JSONError) -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
