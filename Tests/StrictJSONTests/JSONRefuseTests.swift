import StrictJSON
import Testing

/// What two readers could understand differently is refused, and the refusal says where.
@Suite struct JSONRefuseTests {
    @Test(arguments: ["[1,2,3,4]", #"{"a":1,"b":{"c":[]},"d":""}"#, "[[[[[]]]]]", "[[],[],[],[]]"])
    func `values are counted as they are read`(text: String) throws {
        _ = try JSONParser.parse(text.utf8, limits: .init(values: 5))
        #expect(throws: JSONError.tooManyValues(limit: 4)) {
            try JSONParser.parse(text.utf8, limits: .init(values: 4))
        }
    }

    @Test func `a text that would become too large a tree is left at the first value beyond the limit`() throws {
        // What follows is no JSON, and is not looked at.
        let text = "[" + String(repeating: "1,", count: 100) + "x"
        #expect(throws: JSONError.tooManyValues(limit: 100)) {
            try JSONParser.parse(text.utf8, limits: .init(values: 100))
        }
    }

    private func expect(_ error: JSONError, _ bytes: some Sequence<UInt8>) {
        #expect(throws: error) { try JSONParser.parse(bytes) }
    }

    @Test(arguments: [
        "", " ", "\r\n", "[", "{", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "\"", "\"a", "\"\\",
        "\"\\u", "\"\\u00",
        "-", "1.", "1e", "1e+", "1e-", "-0.", "tru", "fals", "nul", "t", "[[]", "[\"a\"",
    ])
    func `a text that ends too early says so`(text: String) {
        expect(.unexpectedEnd, text.utf8)
    }

    @Test(arguments: [
        ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("[,]", 1), ("{\"a\":1,}", 7), ("{,}", 1), ("{\"a\":1,,\"b\":2}", 7),
        ("[1 2]", 3),
        ("{\"a\" 1}", 5), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":}", 5), ("{\"a\"}", 4), ("{a:1}", 1), ("{'a':1}", 1),
        ("'a'", 0), ("{1:2}", 1),
        ("{null:1}", 1), ("[}", 1), ("{]", 1), ("[1}", 2), ("]", 0), ("}", 0), (",", 0), (":", 0), ("\\", 0),
        ("{\"a\"=1}", 4),
        ("//", 0), ("/**/1", 0), ("[1,//\n2]", 3), ("#1", 0), ("undefined", 0), ("NaN", 0), ("nan", 1), ("Infinity", 0),
        ("-Infinity", 1),
        ("True", 0), ("tRue", 1), ("NULL", 0), ("nulL", 3), ("+1", 0), (".5", 0), ("-.5", 1), ("-a", 1), ("--1", 1),
        ("1.e1", 2), ("1.x", 2),
        ("1ex", 2), ("1e+x", 3), ("1e.5", 2), ("- 1", 1), ("[-]", 2), ("[1.]", 3), ("[0e]", 3),
        // White space of other standards, and what looks like ASCII.
        ("\u{B}1", 0), ("\u{C}1", 0), ("\u{A0}1", 0), ("\u{2028}1", 0), ("\u{85}1", 0), ("\u{3000}1", 0),
        ("[1\u{FF0C}2]", 2),
        ("\u{201C}a\u{201D}", 0), ("\u{661}", 0), ("[\u{FEFF}1]", 1),
        // A byte order mark, and NUL.
        ("\u{FEFF}{}", 0), ("\u{0}", 0), ("[\u{0}]", 1), ("{\u{0}\"a\":1}", 1), ("tru\u{0}", 3),
    ])
    func `a character that cannot stand there is named by its byte`(text: String, offset: Int) {
        expect(.unexpectedByte(offset: offset), text.utf8)
    }

    @Test(arguments: [
        ("01", 1), ("00", 1), ("-01", 2), ("0x1", 1), ("0b1", 1), ("1_000", 1), ("1 2", 2), ("1,2", 1), ("{}{}", 2),
        ("{}[]", 2),
        ("\"a\"\"b\"", 3), ("true false", 5), ("truee", 4), ("1\u{0}", 1), ("{}\u{0}", 2), ("1;", 1), ("{};", 2),
        ("1//", 1), ("[]]", 2),
        ("{}}", 2), ("1\u{B}", 1), ("1\u{FEFF}", 1), ("1.5.2", 3), ("1e2e3", 3), ("1e2.5", 3), ("nullnull", 4),
        ("0\u{661}", 1), ("1\u{301}", 1),
        ("{}\r\n\r\n{}", 6), ("1f", 1), ("0-1", 1),
    ])
    func `nothing may follow the value`(text: String, offset: Int) {
        expect(.trailingBytes(offset: offset), text.utf8)
    }

    @Test(arguments: UInt8(0)..<0x20)
    func `a raw control character in a string is refused`(byte: UInt8) {
        expect(.unexpectedByte(offset: 2), [0x22, 0x61, byte, 0x62, 0x22])
        expect(.unexpectedByte(offset: 4), [0x22, 0x61, 0x5C, 0x74, byte, 0x62, 0x22])
        expect(.unexpectedByte(offset: 2), [0x7B, 0x22, byte, 0x22, 0x3A, 0x31, 0x7D])
    }

    @Test func `a raw CRLF in a string is refused although Swift sees one character`() {
        expect(.unexpectedByte(offset: 2), "\"a\r\nb\"".utf8)
    }

    @Test(arguments: [
        (#""\x41""#, 2), (#""\a""#, 2), (#""\'""#, 2), (#""\U0041""#, 2), (#""\0""#, 2), (#""\v""#, 2), (#""\é""#, 2),
        (#""\u00zz""#, 5), (#""\u 041""#, 3), (#""\u+041""#, 3), (#""\u-041""#, 3), (#""\u{41}""#, 3), (#""\u004""#, 6),
        (#""\u００41""#, 3),
        (#""\uD83D\uDEzz""#, 11), ("\"\\\n\"", 2), ("\"\\\u{0}\"", 2),
    ])
    func `an escape that JSON has not is refused`(text: String, offset: Int) {
        expect(.unexpectedByte(offset: offset), text.utf8)
    }

    @Test(arguments: [
        #"\uD800"#, #"\uDBFF"#, #"\uDC00"#, #"\uDFFF"#, #"\uD800x"#, #"\uD800\n"#, #"\uD800\\uDC00"#, #"\uD800\u0041"#,
        #"\uD800\uD800"#,
        #"\uDC00\uD800"#, #"\uD83D\uE000"#, #"\uDE00\uD83D"#,
    ])
    func `half a surrogate pair is refused, in values and in names`(escape: String) {
        expect(.loneSurrogate(offset: 1), "\"\(escape)\"".utf8)
        expect(.loneSurrogate(offset: 2), "{\"\(escape)\":1}".utf8)
        expect(.loneSurrogate(offset: 13), "\"\\uD83D\\uDE00\(escape)\"".utf8)
    }

    /// From Markus Kuhn's UTF-8 stress test, and RFC 3629 §3 and §10.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xFF], [0xFE], [0xC0], [0xC1, 0x81], [0xC3], [0xC3, 0x28], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98],
            [0xF0, 0x28, 0x8C, 0xBC], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x80, 0xAF],
            [0xE0, 0x9F, 0xBF],
            [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xE9], [0xC3, 0xA9, 0xA9],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused, in values and in names`(bytes: [UInt8]) {
        let quote: [UInt8] = [0x22]
        expect(.invalidUTF8, quote + bytes + quote)
        expect(.invalidUTF8, quote + Array("a".utf8) + bytes + Array("b".utf8) + quote)
        expect(.invalidUTF8, quote + Array(#"\n"#.utf8) + bytes + quote)
        expect(.invalidUTF8, Array("{".utf8) + quote + bytes + quote + Array(":1}".utf8))
        #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", 7), ("{\"a\":1,\"a\":1}", 7), ("{\"a\":1,\"\\u0061\":2}", 7),
        ("{\"\\u0061\":1,\"a\":2}", 12),
        ("{\"\":1,\"\":2}", 6), ("{\"a\":1,\"b\":2,\"a\":3}", 13), ("{\"a/b\":1,\"a\\/b\":2}", 9),
        ("{\"é\":1,\"\\u00e9\":2}", 8),
        ("{\"😀\":1,\"\\uD83D\\uDE00\":2}", 10), ("[{\"a\":1,\"a\":2}]", 8), ("{\"x\":{\"a\":1,\"a\":2}}", 12),
        ("{\"a\\n\":1,\"a\\u000A\":2}", 9),
        ("{\"role\":\"viewer\", \"role\":\"admin\"}", 18),
    ])
    func `a name given twice is refused, however it is spelled`(text: String, offset: Int) {
        expect(.duplicateName(offset: offset), text.utf8)
    }

    @Test(arguments: [2, 15, 16, 17, 18, 40, 1000])
    func `a name given twice is found in an object of any size`(count: Int) {
        let members = (0..<(count - 1)).map { "\"n\($0)\":0" }
        for index in [0, (count - 1) / 2, count - 2] {
            let all = members + ["\"\\u006e\(index)\":1"]
            let text = "{" + all.joined(separator: ",") + "}"
            let offset = 1 + members.reduce(0) { $0 + $1.utf8.count + 1 }
            expect(.duplicateName(offset: offset), text.utf8)
        }
    }

    @Test func `the same name in two objects is no double`() {
        #expect(throws: Never.self) { try JSONParser.parse(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#.utf8) }
    }

    @Test func `UTF-16 and UTF-32 are refused`() {
        for text in ["{}", "[1]", "\"a\""] {
            #expect(throws: JSONError.self) {
                try JSONParser.parse(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
            }
            #expect(throws: JSONError.self) {
                try JSONParser.parse(text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
            }
            #expect(throws: JSONError.self) { try JSONParser.parse(text.utf8.flatMap { [$0, 0, 0, 0] }) }
        }
    }

    @Test func `a refusal describes itself without quoting the text`() {
        let errors: [JSONError] = [
            .unexpectedEnd, .unexpectedByte(offset: 3), .invalidUTF8, .loneSurrogate(offset: 3),
            .duplicateName(offset: 3),
            .tooDeep(limit: 32), .tooLong(limit: 5), .trailingBytes(offset: 3),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(throws: JSONError.unexpectedByte(offset: 1)) { try JSONParser.parse("[secret]".utf8) }
    }
}
