import NIOHTTP1
import Testing
import Text

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
        "; boardcast_session=a", " boardcast_session=a", "boardcast_session=a; x", "boardcast_session=a; =x",
        "boardcast_session=a; é=1", "boardcast_session=a; x y=1", "p={\"a\":1,\"b\":\"c d\"}; boardcast_session=a",
        "x=\"1; boardcast_session=a; y=2\"", "\tboardcast_session=a\t;x",
    ])
    func `only our own part is judged`(header: String) throws {
        #expect(try value(header) == "a")
    }

    @Test(arguments: [
        "boardcast_session =a", "boardcast_session= a", "boardcast_session", "boardcast_session=a,b",
        "boardcast_session=a b", "boardcast_session=\"a", "boardcast_session=a\"b", "boardcast_session=a\\b",
        "boardcast_session=é", "boardcast_session=a\tb", "boardcast_session=a; boardcast_session=a",
        "boardcast_session=; x=1; boardcast_session=a", "boardcast_session=a; boardcast_session",
        "boardcast_session=a; boardcast_session =b",
    ])
    func `a part that two readers could understand differently is refused`(header: String) {
        #expect(throws: Problem.self) { _ = try value(header) }
        #expect(SessionCookie.isIn([header]))
    }

    @Test func `several Cookie headers are one`() throws {
        #expect(try value("boardcast_session=a", "x=1") == "a")
        #expect(try value("x=1", "boardcast_session=a") == "a")
        #expect(throws: Problem.self) { _ = try value("boardcast_session=a", "boardcast_session=a") }
    }

    private func place(_ host: String, by rules: RequestPlace.Rules = .init()) -> RequestPlace {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: ["Host": host])
        return RequestPlace(CredentialFields(head), peer: nil, by: rules)
    }

    @Test func `it is kept for our own eyes, for as long as it is good`() throws {
        #expect(
            try SessionCookie.keeping("a.b.c", seconds: 60, at: place("board.example"))
                == "boardcast_session=a.b.c; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure")
        #expect(
            try SessionCookie.keeping("a", seconds: -3, at: place("localhost:8788"))
                == "boardcast_session=a; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        #expect(
            SessionCookie.removing(at: place("board.example"))
                == "boardcast_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure")
        let rules = RequestPlace.Rules(publicURL: ServerURL("http://localhost/boards"))
        #expect(
            SessionCookie.removing(at: place("x", by: rules))
                == "boardcast_session=; Path=/boards; Max-Age=0; HttpOnly; SameSite=Strict")
    }

    @Test func `a token that a browser would drop is refused`() throws {
        let rest = try SessionCookie.keeping("", seconds: 60, at: place("board.example")).utf8.count
        let longest = String(repeating: "a", count: 4096 - rest)[...]
        #expect(try SessionCookie.keeping(longest, seconds: 60, at: place("board.example")).utf8.count == 4096)
        let problem = #expect(throws: Problem.self) {
            _ = try SessionCookie.keeping(longest + "a", seconds: 60, at: place("board.example"))
        }
        #expect(problem?.code == "token_too_long")
    }
}
