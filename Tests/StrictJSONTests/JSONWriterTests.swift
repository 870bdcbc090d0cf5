import StrictJSON
import Testing

/// What is written stands in one `data:` line of an event stream, and in a script.
@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("", #""""#), ("a", #""a""#), ("\r", #""\r""#), ("\n", #""\n""#), ("\r\n", #""\r\n""#), ("\t", #""\t""#),
        ("\"", #""\"""#),
        ("\\", #""\\""#), ("/", #""/""#), ("\u{0}", #""\u0000""#), ("\u{8}", #""\u0008""#), ("\u{B}", #""\u000b""#),
        ("\u{C}", #""\u000c""#),
        ("\u{1B}", #""\u001b""#), ("\u{1F}", #""\u001f""#), ("\u{7F}", #""\u007f""#), ("\u{2028}", #""\u2028""#),
        ("\u{2029}", #""\u2029""#),
        ("a\u{2028}b\u{2029}c", #""a\u2028b\u2029c""#), ("\u{2028}\u{2028}", #""\u2028\u2028""#),
        // Neighbours of the two that are escaped, and texts that begin like them.
        ("\u{2027}\u{202A}", "\"\u{2027}\u{202A}\""), ("\u{2026}\u{20AC}\u{2128}", "\"\u{2026}\u{20AC}\u{2128}\""),
        ("\u{10A8}", "\"\u{10A8}\""),
        ("\u{85}\u{A0}", "\"\u{85}\u{A0}\""), ("\u{1F600}\u{10FFFF}", "\"\u{1F600}\u{10FFFF}\""),
        ("e\u{301}\u{E9}", "\"e\u{301}\u{E9}\""),
        ("\n\ndata: {}\n\n", #""\n\ndata: {}\n\n""#), ("</script>", #""</script>""#), ("\\u000a", #""\\u000a""#),
    ])
    func `text is escaped where it must be and nowhere else`(text: String, json: String) {
        #expect(written { $0.string(text) }.hasSameBytes(as: json))
        #expect(written { $0.value(.string(text)) }.hasSameBytes(as: json))
        #expect(
            written { writer in
                writer.object {
                    $0.name(escaping: text); $0.null()
                }
            }.hasSameBytes(as: "{\(json):null}"))
    }

    @Test func `no character of any text can break a line`() throws {
        for value in UInt32(0)...0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(Character(scalar))b"
            var writer = JSONWriter()
            writer.string(text)
            #expect(writer.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "U+\(String(value, radix: 16))")
            #expect(try #require(try JSONParser.parse(writer.bytes).string).hasSameBytes(as: text))
        }
    }

    @Test func `commas stand between and nowhere else`() {
        let json = written { json in
            json.object { json in
                json.name("empty"); json.object { _ in }
                json.name("none"); json.array([Int]()) { $0.int($1) }
                json.name("list"); json.array([1, 2, 3]) { $0.int($1) }
                json.name("nested")
                json.array([0, 1]) { json, value in
                    json.object {
                        $0.name("v"); $0.int(value); $0.name(escaping: "w"); $0.raw("[ ]".utf8)
                    }
                }
                json.name("t"); json.bool(true)
                json.name("f"); json.bool(false)
                json.name("n"); json.null()
                json.name("s"); json.string("x")
            }
        }
        #expect(
            json == #"{"empty":{},"none":[],"list":[1,2,3],"nested":[{"v":0,"w":[ ]},{"v":1,"w":[ ]}],"#
                + #""t":true,"f":false,"n":null,"s":"x"}"#)
    }

    @Test(arguments: [0, 1, 9, 10, 11, -1, -9, 99, 100, Int.max, Int.min])
    func `an integer is written in full`(value: Int) {
        #expect(written { $0.int(value) } == String(value))
    }

    @Test func `a body that throws is passed on`() {
        var writer = JSONWriter()
        #expect(throws: JSONError.unexpectedEnd) { try writer.object { _ in throw JSONError.unexpectedEnd } }
        #expect(throws: JSONError.unexpectedEnd) { try writer.array([1]) { _, _ in throw JSONError.unexpectedEnd } }
    }
}

@Suite struct JSONObjectTests {
    @Test func `a member can be set, changed and taken away`() {
        var object = JSONObject()
        object["a"] = .bool(true)
        object["b"] = .null
        object["a"] = .bool(false)
        #expect(object.members.map(\.name) == ["a", "b"])
        #expect(object["a"]?.bool == false)
        #expect(object["b"]?.isNull == true)
        object["a"] = nil
        object["c"] = nil
        #expect(object.members.map(\.name) == ["b"])
    }

    @Test func `names are told apart by bytes`() {
        var object = JSONObject()
        object["\u{E9}"] = .bool(true)
        object["e\u{301}"] = .bool(false)
        #expect(object.members.count == 2)
        #expect(object["\u{E9}"]?.bool == true)
    }

    @Test func `objects are equal in any order, arrays in one`() throws {
        func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(text.utf8) }
        #expect(try parse(#"{"a":1,"b":2}"#) == parse(#"{"b":2,"a":1}"#))
        #expect(try parse(#"{"a":1}"#) != parse(#"{"a":1,"b":2}"#))
        #expect(try parse(#"{"a":1,"b":2}"#) != parse(#"{"a":1,"c":2}"#))
        #expect(try parse("[1,2]") != parse("[2,1]"))
        #expect(try parse("null") != parse("false"))
        #expect(try parse("\"1\"") != parse("1"))
    }

    @Test func `strings are equal by bytes`() {
        #expect(JSONValue.string("\u{212A}") != .string("K"))
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
        #expect(JSONValue.string("\u{E9}") == .string("\u{E9}"))
    }
}
