import Testing

@testable import Gateway

/// RFC 9112 §3.2: the forms of a target, which the front and the router read as one.
@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/", "/"), ("/a", "/a"), ("/a/b?c=/d//", "/a/b?c=/d//"), ("/a/", "/a"), ("/a//", "/a"), ("//a//b/", "/a/b"),
        ("/a/?b", "/a?b"), ("//", "/"), ("*", "/"), ("/a%2F/", "/a%2F"), ("/a/./../b", "/a/./../b"),
        ("/http://x/", "/http:/x"),
        ("/a?x=http://y//", "/a?x=http://y//"), ("", "/"),
    ])
    func `slashes at the end and beside each other do not count`(target: String, uri: String) {
        #expect(RequestTarget(target)?.uri == uri)
        #expect(RequestTarget(target)?.host == nil)
    }

    @Test(arguments: [
        ("http://x/a", "/a", "x"), ("https://x:80/a/?b", "/a?b", "x:80"), ("HTTP://[::1]:1", "/", "[::1]:1"),
        ("http://x?a", "/?a", "x"),
    ])
    func `an absolute target is its path and query at its host`(target: String, uri: String, host: String) {
        #expect(RequestTarget(target)?.uri == uri)
        #expect(RequestTarget(target)?.host == host)
    }

    @Test(arguments: [
        "ftp://x/a", "http:///a", "http://", "http://u@x/", "http://x y/", "http://x:y/", "://x", "http://[::1/",
    ])
    func `what is no URL of a server like this is none`(target: String) {
        #expect(RequestTarget(target) == nil)
    }

    @Test(arguments: [
        ("/team/api", "/api"), ("/team", "/"), ("/team/", "/"), ("/teams/api", "/teams/api"), ("/api", "/api"),
        ("/team//api/", "/api"), ("/team?a", "/?a"), ("http://x/team/api", "/api"), ("/team/team/api", "/team/api"),
    ])
    func `a prefix that a proxy has left there is cut off, once`(target: String, uri: String) {
        #expect(RequestTarget(target, prefix: "/team")?.uri == uri)
    }

    @Test func `the prefix alone, without a slash, is not the page's place`() {
        for target in ["/team", "/team?a=/", "http://x/team"] {
            #expect(RequestTarget(target, prefix: "/team")?.isPrefixAlone == true)
        }
        for target in ["/team/", "/team/api", "/teams", "/", "http://x", "*"] {
            #expect(RequestTarget(target, prefix: "/team")?.isPrefixAlone == false)
        }
        #expect(RequestTarget("")?.isPrefixAlone == false)
    }
}
