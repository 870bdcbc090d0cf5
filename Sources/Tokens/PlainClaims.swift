import Events

/// The claims of a payload that is one flat JSON object in its shortest spelling, as libraries for tokens write it: no
/// white space, no escapes, ASCII alone; texts, whole numbers and the words of JSON; of lists `boards` alone.
///
/// Texts point into the payload, so this may live no longer than that.
struct PlainClaims {
    typealias Text = UnsafeRawBufferPointer

    private(set) var issuer, audience, subject, tenant, role, tokenID: Text?
    /// In seconds.
    private(set) var expiresAt, notBefore, issuedAt: Int?
    private(set) var boards: Set<BoardID>?

    /// Nil when the payload is anything else, valid or not; also when one name is there twice.
    init?(_ payload: UnsafeRawBufferPointer) {
        var scanner = PlainScanner(payload)
        var others = NameList()
        guard scanner.take("{") else { return nil }
        repeat {
            guard let name = scanner.text(), scanner.take(":") else { return nil }
            let isRead =
                switch name {
                case "sub": scanner.readText(into: &subject)
                case "tenant": scanner.readText(into: &tenant)
                case "exp": scanner.readNumber(into: &expiresAt)
                case "iat": scanner.readNumber(into: &issuedAt)
                case "role": scanner.readText(into: &role)
                case "iss": scanner.readText(into: &issuer)
                case "aud": scanner.readText(into: &audience)
                case "jti": scanner.readText(into: &tokenID)
                case "nbf": scanner.readNumber(into: &notBefore)
                case "boards": scanner.readBoards(into: &boards)
                default: others.insert(name) && scanner.passOver()
                }
            guard isRead else { return nil }
        } while scanner.take(",")
        guard scanner.take("}"), scanner.isAtEnd else { return nil }
    }
}

/// The names of the claims that we do not read: a few, each there once.
private struct NameList {
    private static let most = 8
    private var names = InlineArray<8, UnsafeRawBufferPointer>(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
    private var count = 0

    /// False when it is there, and when there is no room for it.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> Bool {
        guard count < Self.most else { return false }
        for index in 0..<count where names[index].hasSameBytes(as: name) { return false }
        names[count] = name
        count += 1
        return true
    }
}

/// Reads JSON in its shortest spelling, and fails at any other.
private struct PlainScanner {
    private let input: UnsafeRawBufferPointer
    private var position = 0

    init(_ input: UnsafeRawBufferPointer) { self.input = input }

    var isAtEnd: Bool { position == input.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < input.count, input[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// What stands between two quotes: ASCII without controls and without escapes.
    mutating func text() -> UnsafeRawBufferPointer? {
        guard take("\"") else { return nil }
        let start = position
        while position < input.count, input[position].isPlain { position += 1 }
        let end = position
        return take("\"") ? UnsafeRawBufferPointer(rebasing: input[start..<end]) : nil
    }

    /// A number of at most 12 digits, without a sign: as seconds it is within the bound of dates.
    mutating func wholeNumber() -> Int? {
        let start = position
        var value = 0
        while position < input.count, 0x30...0x39 ~= input[position], position - start < 12 {
            value = value * 10 + Int(input[position] & 0xF)
            position += 1
        }
        guard position > start, input[start] != UInt8(ascii: "0") || position == start + 1 else { return nil }
        return value
    }

    mutating func readText(into claim: inout UnsafeRawBufferPointer?) -> Bool {
        guard claim == nil, let text = text() else { return false }
        claim = text
        return true
    }

    mutating func readNumber(into claim: inout Int?) -> Bool {
        guard claim == nil, let number = wholeNumber() else { return false }
        claim = number
        return true
    }

    /// Text that can't be a board's id names no board, and allows none.
    mutating func readBoards(into claim: inout Set<BoardID>?) -> Bool {
        guard claim == nil, take("[") else { return false }
        var boards: Set<BoardID> = []
        if !take("]") {
            repeat {
                guard let name = text() else { return false }
                if let board = BoardID(String(decoding: name, as: UTF8.self)) { boards.insert(board) }
            } while take(",")
            guard take("]") else { return false }
        }
        claim = boards
        return true
    }

    /// Moves to the end of a value of any of the plain kinds, whatever it is.
    mutating func passOver() -> Bool {
        guard position < input.count else { return false }
        switch input[position] {
        case UInt8(ascii: "\""): return text() != nil
        case UInt8(ascii: "t"): return take("t") && take("r") && take("u") && take("e")
        case UInt8(ascii: "f"): return take("f") && take("a") && take("l") && take("s") && take("e")
        case UInt8(ascii: "n"): return take("n") && take("u") && take("l") && take("l")
        default: return wholeNumber() != nil
        }
    }
}

extension UInt8 {
    /// Whether it stands for itself in a JSON string, and is ASCII.
    fileprivate var isPlain: Bool {
        self &- 0x20 < 0x60 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}

/// Lets a name that is given by its bytes be compared in a `switch`.
private func ~= (name: StaticString, bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.hasSameBytes(as: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
}
