public import Text

/// Reads one large JSON object value by value, and its arrays element by element, so that never more than one of them
/// is held as a tree. As strict as ``JSONParser``, which reads each.
public struct JSONParts {
    public enum Part: Sendable, Equatable {
        /// A member that is no array.
        case value(name: String, JSONValue)
        /// A member is an array; its elements follow.
        case array(name: String)
        /// An element of that array. `offset` is where it begins, for ``JSONParts/value(at:of:limits:)``.
        case element(of: String, offset: Int, JSONValue)
        /// An element of an array that is not read.
        case passedOver(of: String)
    }

    /// Members that the object itself may have.
    public static let mostMembers = 1000

    private enum Place {
        case beginning, end
        case members(isFirst: Bool)
        case elements(of: String, isFirst: Bool)
    }

    private let bytes: SharedBytes
    private let limits: JSONParser.Limits
    private let isRead: @Sendable (String) -> Bool
    private var position = 0
    private var place = Place.beginning
    private var names = Set<[UInt8]>()

    /// - Parameters:
    ///   - limits: of each part, not of the whole.
    ///   - isRead: whether the elements of the array of this name are read. Of others it is only found out where they
    ///     end: they may have any length.
    public init(
        _ bytes: SharedBytes, limits: JSONParser.Limits = JSONParser.Limits(),
        reading isRead: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.bytes = bytes
        self.limits = limits
        self.isRead = isRead
    }

    /// The next part; nil once the object has ended, and nothing but white space follows it.
    public mutating func next() throws(JSONError) -> Part? {
        switch place {
        case .beginning:
            try expect("{")
            place = .members(isFirst: true)
            return try next()
        case .members(let isFirst):
            if try isOver("}", isFirst: isFirst) {
                place = .end
                return try next()
            }
            return try member()
        case .elements(let name, let isFirst):
            if try isOver("]", isFirst: isFirst) {
                place = .members(isFirst: false)
                return try next()
            }
            place = .elements(of: name, isFirst: false)
            skipSpace()
            guard isRead(name) else {
                try passOver()
                return .passedOver(of: name)
            }
            let offset = position
            return .element(of: name, offset: offset, try value())
        case .end:
            skipSpace()
            guard position == bytes.count else { throw .trailingBytes(offset: position) }
            return nil
        }
    }

    /// The value that a part named by its offset.
    public static func value(
        at offset: Int, of bytes: SharedBytes, limits: JSONParser.Limits = JSONParser.Limits()
    ) throws(JSONError) -> JSONValue {
        var position = offset
        return try bytes.withBuffer { buffer throws(JSONError) in
            try JSONParser.value(in: buffer, at: &position, limits: limits)
        }
    }

    private mutating func member() throws(JSONError) -> Part {
        skipSpace()
        let start = position
        guard try peek() == UInt8(ascii: "\""), let name = try value().string else {
            throw .unexpectedByte(offset: start)
        }
        guard names.insert(Array(name.utf8)).inserted else { throw .duplicateName(offset: start) }
        guard names.count <= Self.mostMembers else { throw .tooManyMembers(limit: Self.mostMembers) }
        try expect(":")
        skipSpace()
        if try peek() == UInt8(ascii: "[") {
            position += 1
            place = .elements(of: name, isFirst: true)
            return .array(name: name)
        }
        place = .members(isFirst: false)
        return .value(name: name, try value())
    }

    /// Whether the bracket closes here; otherwise the comma has been read, and an element or a member comes next.
    private mutating func isOver(_ bracket: Unicode.Scalar, isFirst: Bool) throws(JSONError) -> Bool {
        skipSpace()
        if try peek() == UInt8(ascii: bracket) {
            position += 1
            return true
        }
        if !isFirst { try expect(",") }
        return false
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        var position = position
        let value = try bytes.withBuffer { buffer throws(JSONError) in
            try JSONParser.value(in: buffer, at: &position, limits: limits)
        }
        self.position = position
        return value
    }

    /// Moves to the end of the value that begins here, by its brackets and quotes alone.
    private mutating func passOver() throws(JSONError) {
        let (start, from) = (position, position)
        position = try bytes.withBuffer { buffer throws(JSONError) in
            var (index, depth, isInString) = (from, 0, false)
            while index < buffer.count {
                switch (buffer[index], isInString) {
                case (UInt8(ascii: "\\"), true): index += 1
                case (UInt8(ascii: "\""), _): isInString.toggle()
                case (_, true): break
                case (UInt8(ascii: "{"), _), (UInt8(ascii: "["), _): depth += 1
                case (UInt8(ascii: "}"), _), (UInt8(ascii: "]"), _):
                    if depth == 0 { return index }
                    depth -= 1
                case (UInt8(ascii: ","), _): if depth == 0 { return index }
                default: break
                }
                index += 1
            }
            throw .unexpectedEnd
        }
        guard position > start else { throw .unexpectedByte(offset: start) }
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        skipSpace()
        guard try peek() == UInt8(ascii: character) else { throw .unexpectedByte(offset: position) }
        position += 1
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw .unexpectedEnd }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
