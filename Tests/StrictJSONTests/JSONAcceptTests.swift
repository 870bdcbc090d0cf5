import StrictJSON
import Testing

/// What RFC 8259 allows is taken, and means what it says.
@Suite struct JSONAcceptTests {
    @Test(arguments: [
        ("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false)), ("\"\"", .string("")),
        ("[]", .array([])),
        ("{}", .object(JSONObject())), ("\"a\"", .string("a")), ("7", .number(JSONNumber(7))),
        ("[null,true,\"x\",[],{}]", .array([.null, .bool(true), .string("x"), .array([]), .object(JSONObject())])),
        ("[[[1]]]", .array([.array([.array([.number(JSONNumber(1))])])])),
    ])
    func `any value may stand at the top`(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text.utf8) == value)
    }

    @Test(arguments: [" ", "\t", "\n", "\r", "\r\n", " \t\r\n \r\n\r\n"])
    func `the four white spaces may stand between any two tokens`(space: String) throws {
        let tokens = [
            "{", "\"a\"", ":", "[", "1", ",", "true", ",", "null", ",", "\"\"", "]", ",", "\"b\"", ":", "{", "}", "}",
        ]
        let spaced = space + tokens.joined(separator: space) + space
        #expect(try JSONParser.parse(spaced.utf8) == (try JSONParser.parse(tokens.joined().utf8)))
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000""#, "\u{0}"),
        (#""\u0041\u00e9\u20AC""#, "A\u{E9}\u{20AC}"),
        (#""\uD83D\uDE00""#, "\u{1F600}"), (#""\ud83d\ude00x""#, "\u{1F600}x"), (#""\uD800\uDC00""#, "\u{10000}"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uFFFE\uFFFF""#, "\u{FFFE}\u{FFFF}"),
        (#""\u2028\u2029""#, "\u{2028}\u{2029}"),
        (#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"), (#""\u000d\u000a""#, "\r\n"), (#""\\u0041""#, "\\u0041"),
    ])
    func `escapes are what they stand for`(text: String, value: String) throws {
        let parsed = try #require(try JSONParser.parse(text.utf8).string)
        #expect(parsed.hasSameBytes(as: value))
    }

    @Test(arguments: [
        "é", "e\u{301}", "\u{212A}", "日本語", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{7F}", "\u{80}", "\u{85}",
        "\u{A0}",
        "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "\u{FFFF}", "a/b",
    ])
    func `a string keeps its bytes, composed or not`(text: String) throws {
        let parsed = try #require(try JSONParser.parse(("\"" + text + "\"").utf8).string)
        #expect(parsed.hasSameBytes(as: text))
        // The same behind an escape, which is read another way.
        let escaped = try #require(try JSONParser.parse(("\"\\t" + text + "\\t\"").utf8).string)
        #expect(escaped.hasSameBytes(as: "\t" + text + "\t"))
    }

    @Test func `names that Swift takes for the same are two members`() throws {
        let object = try #require(
            try JSONParser.parse(
                "{\"K\":1,\"\u{212A}\":2,\"\u{E9}\":3,\"e\u{301}\":4,\"a\":5,\"A\":6,\"\":7,\" \":8}".utf8
            ).object)
        #expect(object.members.count == 8)
        #expect(object["K"]?.int == 1)
        #expect(object["\u{212A}"]?.int == 2)
        #expect(object["\u{E9}"]?.int == 3)
        #expect(object["e\u{301}"]?.int == 4)
        #expect(object[""]?.int == 7)
        #expect(object["b"] == nil)
    }

    @Test func `members keep the order in which they stood`() throws {
        let names = (0..<100).map { "n\(($0 * 37) % 100)" }
        let text = "{" + names.map { "\"\($0)\":null" }.joined(separator: ",") + "}"
        #expect(try JSONParser.parse(text.utf8).object?.members.map(\.name) == names)
    }

    @Test func `the bytes may come as an array, a slice, a lazy sequence or text`() throws {
        let text = #"{"a":[1,2,3]}"#
        let value = try JSONParser.parse(text.utf8)
        let padded = Array("xx".utf8) + Array(text.utf8) + Array("yy".utf8)
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
        #expect(try JSONParser.parse(padded[2..<(padded.count - 2)]) == value)
        #expect(try JSONParser.parse(AnySequence(Array(text.utf8))) == value)
        #expect(try JSONParser.parse(text.utf8.lazy.map { $0 }) == value)
    }
}

@Suite struct JSONLimitsTests {
    private func nested(_ depth: Int, _ open: String, _ close: String, inside: String = "") -> String {
        String(repeating: open, count: depth) + inside + String(repeating: close, count: depth)
    }

    @Test(arguments: [("[", "]", ""), ("[", "]", "1"), ("{\"a\":", "}", "1"), ("[{\"a\":", "}]", "null")])
    func `thirty-two levels are taken and thirty-three are not`(open: String, close: String, inside: String) {
        let levels = open.filter { $0 == "[" || $0 == "{" }.count
        let text = nested(32 / levels, open, close, inside: inside)
        #expect(throws: Never.self) { try JSONParser.parse(text.utf8) }
        #expect(throws: JSONError.tooDeep(limit: 32)) { try JSONParser.parse(("[" + text + "]").utf8) }
        #expect(throws: JSONError.tooDeep(limit: 32)) { try JSONParser.parse(("{\"x\":" + text + "}").utf8) }
    }

    @Test func `many values side by side are not deep`() throws {
        let text = "[" + Array(repeating: "[[]]", count: 10_000).joined(separator: ",") + "]"
        #expect(try JSONParser.parse(text.utf8).array?.count == 10_000)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `a million brackets end at the limit, not at the end of the stack`(open: String) {
        let text = String(repeating: open, count: 200_000)
        #expect(throws: JSONError.tooDeep(limit: 32)) { try JSONParser.parse(text.utf8, limits: .init(bytes: .max)) }
    }

    @Test func `the depth can be chosen`() {
        #expect(throws: Never.self) { try JSONParser.parse("1".utf8, limits: .init(depth: 0)) }
        #expect(throws: JSONError.tooDeep(limit: 0)) { try JSONParser.parse("[]".utf8, limits: .init(depth: 0)) }
        #expect(throws: Never.self) { try JSONParser.parse("[{}]".utf8, limits: .init(depth: 2)) }
        #expect(throws: JSONError.tooDeep(limit: 2)) {
            try JSONParser.parse("[{\"a\":[]}]".utf8, limits: .init(depth: 2))
        }
    }

    @Test func `the length is checked before anything is read`() {
        #expect(throws: Never.self) { try JSONParser.parse("12345".utf8, limits: .init(bytes: 5)) }
        #expect(throws: JSONError.tooLong(limit: 5)) { try JSONParser.parse("123456".utf8, limits: .init(bytes: 5)) }
        #expect(throws: JSONError.tooLong(limit: 5)) { try JSONParser.parse("      ".utf8, limits: .init(bytes: 5)) }
        #expect(throws: JSONError.tooLong(limit: 1 << 20)) {
            try JSONParser.parse([UInt8](repeating: 0, count: (1 << 20) + 1))
        }
    }
}
