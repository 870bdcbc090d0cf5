import Testing

@testable import Gateway

@Suite struct AuthorityTests {
    @Test(arguments: [
        ("example.com", "example.com", nil), ("EXAMPLE.com:80", "example.com", 80),
        ("localhost:8788", "localhost", 8788),
        ("[::1]", "[::1]", nil), ("[2001:DB8::1]:443", "[2001:db8::1]", 443), ("127.0.0.1:0", "127.0.0.1", 0),
    ])
    func `a host and a port are read`(text: String, host: String, port: Int?) throws {
        let authority = try #require(Authority(text))
        #expect(authority.host == host && authority.port == port)
    }

    @Test(arguments: [
        "", ":80", "a:", "a:b", "a:-1", "a:65536", "a:80:80", "a b", "a/b", "a@b", "a?b", "a#b", "é", "[::1", "[::1]x",
        "[::1]:", "a\0", "a:8 0", "\u{212A}",
    ])
    func `anything else is none`(text: String) {
        #expect(Authority(text) == nil)
    }

    @Test(arguments: ["localhost", "LocalHost:1", "127.0.0.1", "127.255.255.255:80", "[::1]", "[::1]:8788"])
    func `this machine is known`(text: String) {
        #expect(Authority(text)?.isLoopback == true)
    }

    @Test(arguments: [
        "example.com", "localhost.example.com", "xlocalhost", "127.0.0.1.example.com", "127.0.0", "127.0.0.256",
        "127.1", "127.0.0.1.", "128.0.0.1", "0.0.0.0", "[::2]", "[::ffff:127.0.0.1]", "127.0.0.x", "10.127.0.0",
        "1270.0.1",
    ])
    func `other machines are not taken for it`(text: String) {
        #expect(Authority(text)?.isLoopback == false)
    }
}
