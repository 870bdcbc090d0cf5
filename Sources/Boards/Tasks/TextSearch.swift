/// A text to search for in other texts, ignoring case.
///
/// Beyond ASCII, letters are compared as Unicode has them: in lower case, and the same whether composed or not.
public struct TextSearch: Sendable {
    public let text: String
    /// The bytes of ``text`` in lower case, when it is pure ASCII; else nil.
    private let ascii: [UInt8]?
    private let folded: [Character]

    /// Nil for an empty text, and for one of more than 500 characters.
    public init?(_ text: String) {
        guard !text.isEmpty, text.unicodeScalars.count <= 500 else { return nil }
        self.text = text
        ascii = text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.map(Self.lowercased) : nil
        folded = Array(text.lowercased())
    }

    public var isASCII: Bool { ascii != nil }

    public func isFound(in other: String) -> Bool {
        guard let ascii else { return Self.find(folded, in: Array(other.lowercased())) }
        var other = other
        return other.withUTF8 { Self.find(ascii, in: $0) }
    }

    private static func find(_ needle: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= needle.count else { return false }
        return (0...(text.count - needle.count)).contains { start in
            needle.indices.allSatisfy { lowercased(text[start + $0]) == needle[$0] }
        }
    }

    private static func find(_ needle: [Character], in text: [Character]) -> Bool {
        guard text.count >= needle.count else { return false }
        return (0...(text.count - needle.count)).contains { start in
            needle.indices.allSatisfy { text[start + $0] == needle[$0] }
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
