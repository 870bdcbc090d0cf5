import NIOHTTP1
import Testing

@testable import Gateway

/// A browser sends a cookie whoever asked for the request; these are the requests in which it is meant.
@Suite struct RequestOriginTests {
    private static let origins: Set<String> = ["https://app.example", "http://localhost:5173"]

    private func mayUse(
        _ headers: [(String, String)], host: String? = "board.example:8788", origins: Set<String> = origins
    ) -> Bool {
        let host = host.map { [("Host", $0)] } ?? []
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: HTTPHeaders(host + headers))
        let fields = CredentialFields(head)
        return RequestOrigin(fields, at: RequestPlace(fields, peer: nil, by: .init())).isTrusted(origins: origins)
    }

    @Test func `a request without an origin is a page's own, unless the browser says otherwise`() {
        #expect(mayUse([]))
        for site in ["same-origin", "same-site", "none"] { #expect(mayUse([("Sec-Fetch-Site", site)])) }
        #expect(!mayUse([("Sec-Fetch-Site", "cross-site")]))
        #expect(!mayUse([("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")]))
    }

    @Test(arguments: origins)
    func `an origin in the list may, whatever the site`(origin: String) {
        #expect(mayUse([("Origin", origin), ("Sec-Fetch-Site", "cross-site")]))
    }

    @Test(arguments: [
        ("http://board.example:8788", "board.example:8788"), ("https://Board.Example:8788", "board.EXAMPLE:8788"),
        ("https://board.example", "board.example"), ("http://board.example", "board.example:80"),
        ("https://board.example:443", "board.example"), ("http://127.0.0.1:1", "127.0.0.1:1"),
        ("http://[::1]:8788", "[::1]:8788"), ("https://board.example:8443", "board.example"),
    ])
    func `our own origin may`(origin: String, host: String) {
        #expect(mayUse([("Origin", origin)], host: host))
    }

    @Test(arguments: [
        "null", "", "*", "http://board.example", "http://board.example:8789", "http://other.board.example:8788",
        "http://board.example.evil:8788", "ftp://board.example:8788", "board.example:8788", "//board.example:8788",
        "http://board.example:8788/", "http://evil@board.example:8788", "http://board.example:8788 http://evil",
        "HTTPS://APP.EXAMPLE", "https://app.example:443", "https://app.example/", "file://",
        "https://app.example\u{301}",
        "chrome-extension://board.example:8788",
    ])
    func `no other origin may`(origin: String) {
        #expect(!mayUse([("Origin", origin)]))
        #expect(!mayUse([("Origin", origin), ("Sec-Fetch-Site", "same-origin")]))
    }

    @Test func `an empty origin is the one of pages without any`() {
        #expect(mayUse([("Origin", "")], origins: ["null"]) && mayUse([("Origin", "null")], origins: ["null"]))
        #expect(!mayUse([("Origin", ""), ("Origin", "")], origins: ["null"]))
        #expect(!mayUse([("Origin", "")], origins: ["file://", "https://app.example"]))
    }

    @Test func `two origins, or none to compare with, may not`() {
        #expect(!mayUse([("Origin", "https://app.example"), ("Origin", "https://app.example")]))
        #expect(!mayUse([("Origin", "http://board.example:8788")], host: nil))
        #expect(!mayUse([("Origin", "http://board.example:8788"), ("Host", "board.example:8788")]))
    }
}
