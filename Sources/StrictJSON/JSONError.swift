/// Why a text is not the JSON that we take. `offset` counts bytes from 0.
public enum JSONError: Error, Equatable, CustomStringConvertible {
    case unexpectedEnd
    case unexpectedByte(offset: Int)
    case invalidUTF8
    case loneSurrogate(offset: Int)
    case duplicateName(offset: Int)
    case tooDeep(limit: Int)
    case tooLong(limit: Int)
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
        case .trailingBytes(let offset): "something follows the JSON value, at byte \(offset)"
        }
    }
}
