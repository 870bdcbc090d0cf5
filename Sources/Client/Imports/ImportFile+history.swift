extension ImportFile {
    /// The longest file that most servers take.
    static let usual = 20 << 20

    /// The same file without the history of a Trello board (`actions`), when it is longer than most servers take: the
    /// history makes most of an old board's size, and nothing of it becomes a task.
    public var withoutHistory: ImportFile {
        guard bytes.count > Self.usual, mediaType == "application/json", let range = Self.actions(in: bytes) else {
            return self
        }
        return ImportFile(bytes: bytes[..<range.lowerBound] + Array("[]".utf8) + bytes[range.upperBound...])
    }

    /// Where the list is that the member `actions` of the whole object has.
    static func actions(in bytes: [UInt8]) -> Range<Int>? {
        let name = Array("\"actions\"".utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            var (depth, start): (Int, Int?) = (0, nil)
            var index = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""):
                    let end = endOfString(at: index, in: bytes)
                    if depth == 1, start == nil, bytes[index..<end].elementsEqual(name) {
                        let rest = bytes[end...].drop(while: isSpace)
                        if rest.first == UInt8(ascii: ":") {
                            let list = rest.dropFirst().drop(while: isSpace)
                            if list.first == UInt8(ascii: "[") { start = list.startIndex }
                        }
                    }
                    index = end
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth == 1, let start { return start..<index + 1 }
                default: break
                }
                index += 1
            }
            return nil
        }
    }

    /// After the closing quote.
    private static func endOfString(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
