import Testing

@testable import Text

@Suite struct ServerURLTests {
    @Test(arguments: [
        ("http://127.0.0.1:8788", "http://127.0.0.1:8788"),
        ("https://boards.example.com/", "https://boards.example.com"),
        ("https://h/base//", "https://h/base"), ("http://[::1]:80/a%20b", "http://[::1]:80/a%20b"),
        ("http://[fe80::1]", "http://[fe80::1]"),
    ])
    func `a server is a scheme, a host, perhaps a port and a path`(text: String, url: String) {
        #expect(ServerURL(text)?.description == url)
    }

    @Test(arguments: [
        "", "127.0.0.1:8788", "ftp://h", "HTTP://h", "http://", "http:///x", "http://:80", "http://h:", "http://h:0",
        "http://h:65536",
        "http://u:p@h", "http://h?x", "http://h/#token", "http://h/ x", "http://h\r\nX: y", "http://[::1", "http://[x]",
        "http://[::1]x",
        "http://h:8a", "http://é",
    ])
    func `anything else is none, above all what may hold a secret`(text: String) {
        #expect(ServerURL(text) == nil)
    }

    @Test func `a query is encoded byte by byte`() {
        let query = [("board", "a&b=c"), ("board", "é +/\r\n"), ("types", "task.*")]
        #expect(
            ServerURL("http://h/base")?.url("/sse/connect", query: query)
                == "http://h/base/sse/connect?board=a%26b%3Dc&board=%C3%A9%20%2B%2F%0D%0A&types=task.%2A")
        #expect(ServerURL("http://h")?.url("/x") == "http://h/x")
    }
}
