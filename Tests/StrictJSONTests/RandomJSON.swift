import StrictJSON
import TestSupport

/// Values and texts for fuzzing, full of what parsers trip over.
enum RandomJSON {
    private static let fragments = [
        "a", "\"", "\\", "/", "\n", "\r", "\r\n", "\t", "\u{0}", "\u{8}", "\u{1F}", "\u{7F}", "\u{80}", "\u{E9}",
        "e\u{301}", "\u{212A}",
        "\u{2028}", "\u{2029}", "\u{2027}", "\u{FEFF}", "\u{FFFF}", "\u{1F600}", "\u{10FFFF}", "\u{200D}", "data: ",
        "\n\n", ":", ",", "{", "]",
    ]
    private static let numbers = [
        "0", "-0", "7", "7.0", "1e2", "-1.5E-3", "1e400", "9223372036854775807", "9223372036854775808", "0.1", "1e-400",
        "123456789012345678901",
    ]

    static func string(using random: inout SplitMix) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in fragments.randomElement(using: &random)! }.joined()
    }

    /// A value whose numbers Foundation can hold, too.
    static func value(depth: Int, using random: inout SplitMix) throws -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2:
            return .number(
                JSONNumber(.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<63, using: &random)))
        case 3:
            return try JSONParser.parse(
                ["0", "-0", "7.0", "1e2", "-1.5E-3", "0.1"].randomElement(using: &random)!.utf8)
        case 4: return .string(string(using: &random))
        case 5, 6:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...20, using: &random) where Bool.random(using: &random) {
                object[string(using: &random)] = try value(depth: depth - 1, using: &random)
            }
            return .object(object)
        default:
            return .array(
                try (0..<Int.random(in: 0...4, using: &random)).map { _ in try value(depth: depth - 1, using: &random) }
            )
        }
    }

    /// A text that is JSON, or was before some bytes of it were changed.
    static func text(using random: inout SplitMix) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.value(try value(depth: 3, using: &random))
        var bytes = writer.bytes
        switch Int.random(in: 0..<24, using: &random) {
        case 0, 1: bytes = Array("[".utf8) + bytes + Array(",\(numbers.randomElement(using: &random)!)]".utf8)
        case 2: bytes = Array("{\"a\":".utf8) + bytes + Array(",\"\\u0061\":1}".utf8)
        case 3:
            bytes =
                Array(repeating: UInt8(ascii: "["), count: 31) + bytes + Array(repeating: UInt8(ascii: "]"), count: 31)
        case 4: bytes = [0xEF, 0xBB, 0xBF] + bytes
        case 5: bytes = String(decoding: bytes, as: UTF8.self).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        default: break
        }
        let pieces = [
            ",", ":", "\"", "\\", "{", "}", "[", "]", " ", "\r\n", "0", "-", ".", "e", "1e5", "null", "tru", "\\u0061",
            "\\uD800", "\u{FEFF}",
            "\u{0}", "\u{1F600}", "//", "'", "+",
        ]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = .random(in: .min ... .max, using: &random)
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random)!.utf8, at: place)
            case 3: bytes.insert(.random(in: .min ... .max, using: &random), at: place)
            default: bytes.insert(contentsOf: [0x20, 0x0D, 0x0A].shuffled(using: &random), at: place)
            }
        }
        return bytes
    }
}
