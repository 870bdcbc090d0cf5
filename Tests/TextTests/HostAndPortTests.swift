import Testing
import Text

@Suite struct HostAndPortTests {
    @Test(arguments: [
        ("a.example", "a.example", nil), ("a.example:80", "a.example", "80"), ("a:", "a", ""), (":80", "", "80"),
        ("", "", nil), ("[::1]", "[::1]", nil), ("[::1]:8788", "[::1]", "8788"), ("[]:", "[]", ""),
        ("a:1:2", "a", "1:2"),
    ])
    func `a host and its port are cut at the colon outside brackets`(text: String, host: String, port: String?) {
        let parts = HostAndPort(text[...])
        #expect(parts?.host == host[...] && parts?.port == port.map { $0[...] })
    }

    @Test(arguments: ["[", "[::1", "[::1]x", "[::1]8788", "[::1] :1"]) func `a bracket is closed`(text: String) {
        #expect(HostAndPort(text[...]) == nil)
    }

    @Test func `what is in brackets comes without them`() {
        #expect(HostAndPort("[::1]:1")?.bracketed == "::1")
        #expect(HostAndPort("::1")?.bracketed == nil)
    }

    @Test func `digits alone are a number`() {
        #expect(Int(digits: "0") == 0 && Int(digits: "007") == 7)
        #expect(Int(digits: "999999999999999999") == 999_999_999_999_999_999)
        for text in ["", "+1", "-1", " 1", "1 ", "1_0", "٣", "1000000000000000000", "0x1"] {
            #expect(Int(digits: text) == nil, "\(text)")
        }
    }
}
