import HTTPTypes
import Testing

@testable import Gateway

@Suite struct QueryTests {
    private func query(_ text: String?) throws -> Query {
        try Query(text, allowing: QueryNames(single: ["a", "b"], repeatable: ["r"]))
    }

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("&", nil), ("b=1", nil), ("a", ""), ("a=", ""), ("a=1", "1"), ("a=1&b=2", "1"),
            ("b=2&a=1", "1"), ("&&a=1&&", "1"), ("a==", "="),
            ("a=1=2", "1=2"), ("a=+", " "), ("a=%2B", "+"), ("a=%2b", "+"), ("a=%26%3D", "&="), ("%61=1", "1"),
            ("a=%C3%A9", "é"), ("a=e%CC%81", "e\u{301}"),
            ("a=%00", "\u{0}"), ("a=%0D%0A", "\r\n"), ("a=%25", "%"), ("a=%2525", "%25"), ("a=é", "é"),
            ("a=%F0%9F%98%80", "😀"), ("a=;b=2", ";b=2"),
            ("a=?", "?"), ("a=/", "/"), ("a=#", "#"),
        ] as [(String?, String?)])
    func `a value is decoded once, and only once`(text: String?, value: String?) throws {
        let found = try query(text)["a"]
        #expect(found.map { Array($0.utf8) } == value.map { Array($0.utf8) })
    }

    @Test(arguments: [
        "c=1", "A=1", "a =1", "+a=1", "a%00=1", "%41=1", "=1", "=", "a[]=1", "a.=1", "r2=1", "\u{430}=1", "a;b=1",
        "a\u{301}=1", "%C3%A9=1", "__proto__=1",
    ])
    func `a name that the call does not know is refused`(text: String) {
        #expect(throws: Problem.self) { try query(text) }
    }

    @Test func `a name may be spelled as other clients spell it, where it is known`() throws {
        let names = QueryNames(single: ["token", "lastEventId"], repeatable: [])
        for name in ["lastEventId", "lastEventID", "Last-Event-ID"] {
            #expect(try Query("\(name)=1", allowing: names)["lastEventId"] == "1")
            #expect(throws: Problem.self) { try query("\(name)=1") }
        }
        #expect(try Query("access_token=1", allowing: names)["token"] == "1")
        #expect(throws: Problem.self) { try Query("token=1&access_token=1", allowing: names) }
        #expect(throws: Problem.self) { try query("access_token=1") }
    }

    @Test(arguments: ["_", "_=1", "_=1&_=2", "utm_source=x", "utm_=", "gclid=1", "fbclid=1", "msclkid=1"])
    func `what means nothing anywhere is passed over`(text: String) throws {
        #expect(try query(text + "&a=1")["a"] == "1")
        #expect(try query(text).with("b", "1") == "b=1")
    }

    @Test(arguments: ["__=1", "_a=1", "utm=1", "UTM_x=1", "gclid2=1", "_[]=1"])
    func `what is only like it is not`(text: String) {
        #expect(throws: Problem.self) { try query(text) }
    }

    @Test(arguments: ["a=1&a=1", "a=1&b=2&a=", "a&a", "a=1&%61=2"])
    func `a name given twice is refused`(text: String) {
        #expect(throws: Problem.self) { try query(text) }
    }

    @Test func `a name that may be repeated keeps its order`() throws {
        #expect(try query("r=2&a=0&r=1&r=&r=2").all("r") == ["2", "1", "", "2"])
        #expect(try query("").all("r") == [])
    }

    @Test(arguments: [
        "a=%", "a=%4", "a=%zz", "a=%4g", "a=%g4", "a=%%", "a=%+1", "a=% 1", "a=%u0041", "a=%FF", "a=%C3", "a=%C0%AF",
        "a=%E0%80%AF", "a=%ED%A0%80", "a=%F4%90%80%80",
        "%=1", "%FF=1", "a=%E2%82", "b=1&a=%80", "a=%\u{FF14}1",
    ])
    func `percent-encoding that is broken or not UTF-8 is refused`(text: String) {
        #expect(throws: Problem.self) { try query(text) }
    }

    @Test(arguments: [("0", 0), ("1", 1), ("10", 10), ("007", 7), ("000000000000000010", 10)])
    func `a whole number is read`(text: String, value: Int) throws {
        #expect(try query("a=\(text)").int("a", in: 0...10, default: 5) == value)
    }

    @Test(arguments: [
        "", "11", "-1", "%2B1", "+1", "1.0", "1e1", "0x1", " 1", "1 ", "%201", "1%0A", "%D9%A1", "%EF%BC%91",
        "9223372036854775807", "9223372036854775808",
        "99999999999999999999999999", "NaN", "1%00", "1_0", "1,0",
    ])
    func `anything else is refused, and nothing traps`(text: String) throws {
        let query = try query("a=\(text)")
        #expect(throws: Problem.self) { try query.int("a", in: 0...10, default: 5) }
    }

    @Test func `a number that is absent is the default`() throws {
        #expect(try query("b=1").int("a", in: 0...10, default: 5) == 5)
    }

    @Test(arguments: [("", false), ("a=0", false), ("a=false", false), ("a=1", true), ("a=true", true)])
    func `a flag is one or zero`(text: String, value: Bool) throws {
        #expect(try query(text).flag("a") == value)
    }

    @Test(arguments: ["a", "a=", "a=yes", "a=TRUE", "a=2", "a=01", "a=%31%00"])
    func `a flag that is neither is refused`(text: String) throws {
        let query = try query(text)
        #expect(throws: Problem.self) { try query.flag("a") }
    }

    @Test func `a query written again has the new value once, and everything else as it was`() throws {
        let first = try query("a=x%26y+z&r=1&r=%C3%A9&b=old")
        let text = first.with("b", "new&\r\n>")
        #expect(
            text.utf8.allSatisfy {
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%=&".utf8.contains($0)
            })
        let second = try query(text)
        #expect(second["a"] == "x&y z")
        #expect(second.all("r") == ["1", "é"])
        #expect(second["b"] == "new&\r\n>")
    }

    @Test func `a refusal names what it is about, never its value`() {
        for text in ["token=secret", "a=secret&a=secret", "a=secret%FF"] {
            let problem = #expect(throws: Problem.self) { try query(text) }
            #expect(problem?.status == .badRequest)
            #expect(problem?.code == "invalid_query")
            #expect(problem?.errors.contains { $0.detail.contains("secret") || $0.pointer.contains("secret") } == false)
        }
    }

    @Test func `every single byte and its encoding is read or refused, and never traps`() {
        for byte in UInt8.min ... .max {
            let digits = String(byte, radix: 16)
            _ = try? query("a=%" + (byte < 16 ? "0" : "") + digits)
            _ = try? query(String(decoding: [0x61, 0x3D, byte], as: UTF8.self))
            _ = try? query(String(decoding: [byte, 0x3D, 0x61], as: UTF8.self))
        }
    }
}
