import Testing

@testable import Gateway

@Suite struct SessionCookieTests {
    private func value(_ headers: String...) throws(Problem) -> Substring? { try SessionCookie.value(in: headers) }

    @Test func `the cookie is found among others`() throws {
        #expect(try value("boardcast_session=a.b.c") == "a.b.c")
        #expect(try value("x=1; boardcast_session=a.b.c; y=\"2\"; z=") == "a.b.c")
        #expect(try value("boardcast_session=") == "")
        // Names are told apart by bytes (RFC 6265 §5.4).
        #expect(
            try value("Boardcast_Session=a; boardcast_session=b; boardcast_session2=c; xboardcast_session=d") == "b")
    }

    @Test(arguments: [
        "", "x=1", "x=1;y=2", "x={\"a\": 1, b}", "x", "x=1; x=1",
    ])
    func `cookies of others are not looked at where ours is not among them`(header: String) throws {
        #expect(try value(header) == nil)
        #expect(try value() == nil && value(header, "y=1") == nil)
    }

    @Test(arguments: [
        "boardcast_session=a;x=1", "boardcast_session=a;  x=1", "boardcast_session=a; ", "boardcast_session=a;",
        "; boardcast_session=a", " boardcast_session=a", "boardcast_session =a", "boardcast_session= a",
        "boardcast_session", "boardcast_session=a; x", "boardcast_session=a; =x", "boardcast_session=a,b",
        "boardcast_session=a b", "boardcast_session=\"a", "boardcast_session=a\"b", "boardcast_session=a\\b",
        "boardcast_session=é", "boardcast_session=a; é=1", "boardcast_session=a\tb", "boardcast_session=a; x y=1",
        "boardcast_session=a; boardcast_session=a", "boardcast_session=; x=1; boardcast_session=a",
    ])
    func `a header that two readers could understand differently is refused`(header: String) {
        #expect(throws: Problem.self) { _ = try value(header) }
    }

    @Test func `two Cookie headers are refused`() {
        #expect(throws: Problem.self) { _ = try value("boardcast_session=a", "x=1") }
        #expect(throws: Problem.self) { _ = try value("x=1", "boardcast_session=a") }
    }

    @Test func `it is kept for our own eyes, for as long as it is good`() throws {
        #expect(
            try SessionCookie.keeping("a.b.c", seconds: 60, isSecure: true)
                == "boardcast_session=a.b.c; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure")
        #expect(
            try SessionCookie.keeping("a", seconds: -3, isSecure: false)
                == "boardcast_session=a; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        #expect(
            SessionCookie.removing(isSecure: true)
                == "boardcast_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure")
    }

    @Test func `a token that a browser would drop is refused`() throws {
        let rest = try SessionCookie.keeping("", seconds: 60, isSecure: true).utf8.count
        let longest = String(repeating: "a", count: 4096 - rest)[...]
        #expect(try SessionCookie.keeping(longest, seconds: 60, isSecure: true).utf8.count == 4096)
        let problem = #expect(throws: Problem.self) {
            _ = try SessionCookie.keeping(longest + "a", seconds: 60, isSecure: true)
        }
        #expect(problem?.code == "token_too_long")
    }
}
