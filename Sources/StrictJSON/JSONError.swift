/// Why a text is not the JSON that we take. `offset` counts bytes from 0.
public enum JSONError: Error, Equatable, CustomStringConvertible {
    case unexpectedEnd
    case unexpectedByte(offset: Int)
    case invalidUTF8
    case loneSurrogate(offset: Int)
    case duplicateName(offset: Int)
    case tooDeep(limit: Int)
    case tooLong(limit: Int)
    case tooManyMembers(limit: Int)
    case tooManyValues(limit: Int)
    case trailingBytes(offset: Int)

    public var description: String {
        switch self {
        case .unexpectedEnd: "the JSON ends too early"
        case .unexpectedByte(let offset): "unexpected character at byte \(offset)"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .loneSurrogate(let offset): "half of a surrogate pair at byte \(offset)"
        case .duplicateName(let offset): "a name is given twice in one object, at byte \(offset)"
        case .tooDeep(let limit): "nested more than \(limit) deep"
        case .tooLong(let limit): "longer than \(limit) bytes"
        case .tooManyMembers(let limit): "more than \(limit) members"
        case .tooManyValues(let limit): "more than \(limit) values"
        case .trailingBytes(let offset): "something follows the JSON value, at byte \(offset)"
        }
    }

    /// The same, of a text that stands `distance` bytes further on in a longer one.
    func moved(by distance: Int) -> JSONError {
        switch self {
        case .unexpectedByte(let offset): .unexpectedByte(offset: offset + distance)
        case .loneSurrogate(let offset): .loneSurrogate(offset: offset + distance)
        case .duplicateName(let offset): .duplicateName(offset: offset + distance)
        case .trailingBytes(let offset): .trailingBytes(offset: offset + distance)
        case .unexpectedEnd, .invalidUTF8, .tooDeep, .tooLong, .tooManyMembers, .tooManyValues: self
        }
    }
}
