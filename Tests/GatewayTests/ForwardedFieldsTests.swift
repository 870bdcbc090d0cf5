import Testing

@testable import Gateway

/// What trusted proxies say, and how much of it is theirs.
@Suite struct ForwardedFieldsTests {
    private static let proxies = ["10.0.0.0/8", "2001:db8::/32"].compactMap { Network($0) }

    private func report(_ fields: ForwardedFields) throws -> ForwardedFields.Report {
        fields.report(of: try #require(ClientAddress("10.0.0.1")), trusting: Self.proxies)
    }

    @Test func `the client is the last address that is no trusted proxy`() throws {
        for (forwarded, expected) in [
            ("198.51.100.7", "198.51.100.7"), ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("1.1.1.1,198.51.100.7 , 10.1.2.3,2001:db8::5", "198.51.100.7"),
            ("junk, 198.51.100.7", "198.51.100.7"), ("2620:fe::fe, 10.9.9.9", "2620:fe::fe"),
            ("10.1.1.1, 10.2.2.2", "10.1.1.1"), ("1.1.1.1, 198.51.100.7:80, [2001:db8::5]:443", "198.51.100.7"),
        ] {
            #expect(try report(.init(addresses: [forwarded])).client == ClientAddress(expected), "\(forwarded)")
            let elements = forwarded.split(separator: ",").map { "for=\"\($0.filter { $0 != " " })\"" }
            let quoted = elements.joined(separator: ", ").replacing("2620:fe::fe", with: "[2620:fe::fe]")
            #expect(try report(.init(elements: [quoted])).client == ClientAddress(expected), "\(quoted)")
        }
        let lines = ["1.1.1.1", "198.51.100.7", "10.0.0.2"]
        #expect(try report(.init(addresses: lines)).client == ClientAddress("198.51.100.7"))
    }

    @Test(arguments: ["", " ", ",", "unknown", "_hidden", "1.1.1.1, junk", "1.1.1.1, junk, 10.0.0.2", "1.1.1.1,"])
    func `with junk where an address is looked for the client is the peer`(forwarded: String) throws {
        #expect(try report(.init(addresses: [forwarded])).client == ClientAddress("10.0.0.1"))
    }

    @Test func `host and scheme are those that the first trusted proxy has seen`() throws {
        let two = try report(
            .init(
                addresses: ["1.1.1.1, 198.51.100.7, 10.0.0.9"], hosts: ["evil, boards.example, 10.0.0.2:80"],
                schemes: ["http, https, http"]))
        #expect(two.host == Authority("boards.example") && two.isSecure == true)
        let one = try report(.init(addresses: ["198.51.100.7, 10.0.0.9"], hosts: ["boards.example"]))
        #expect(one.host == Authority("boards.example"), "each proxy may write its own value alone")
        let bare = try report(.init(hosts: ["evil, boards.example"], schemes: ["WSS"]))
        #expect(bare.host == Authority("boards.example") && bare.isSecure == true && bare.client == nil)
    }

    @Test func `where the two kinds of field disagree neither counts`() throws {
        let fields = ForwardedFields(
            addresses: ["198.51.100.7"], hosts: ["a.example"], schemes: ["https"],
            elements: ["for=198.51.100.8;host=b.example;proto=http"])
        let report = try report(fields)
        #expect(report.client == ClientAddress("10.0.0.1"))
        #expect(report.host == nil && report.isSecure == nil)
        let same = ForwardedFields(
            addresses: ["198.51.100.7:1"], hosts: ["a.example"], schemes: ["https"],
            elements: ["for=198.51.100.7;host=A.example;proto=HTTPS"])
        let agreed = try self.report(same)
        #expect(agreed.client == ClientAddress("198.51.100.7") && agreed.isSecure == true)
        #expect(agreed.host == Authority("a.example"))
    }

    @Test(
        arguments: [
            ("/boards", "/boards"), ("/boards/", "/boards"), ("/a/b-c_d.e~f", "/a/b-c_d.e~f"), ("/", ""),
            ("boards", nil),
            ("//evil.example", nil), ("/a//b", nil), ("/a/../b", nil), ("/a b", nil), ("/a?b", nil), ("/é", nil),
            ("", nil),
        ] as [(String, String?)])
    func `a prefix is a plain path`(text: String, prefix: String?) throws {
        #expect(try report(.init(prefixes: [text])).prefix == prefix)
    }

    @Test(
        arguments: [
            ("for=1.1.1.1", [["for": "1.1.1.1"]]),
            ("FOR=a;Proto=b , host=c", [["for": "a", "proto": "b"], ["host": "c"]]),
            (#"for="a,b;c\"d""#, [["for": #"a,b;c"d"#]]), (#"for="a\\b""#, [["for": #"a\b"#]]),
            ("for=a;", [["for": "a"]]), (";for=a", [["for": "a"]]),
            ("for=a,,for=b", [["for": "a"], [:], ["for": "b"]]),
        ])
    func `elements and their pairs are read`(text: String, elements: [[String: String]]) {
        #expect(ForwardedFields.parse([text]) == elements)
    }

    @Test(arguments: [
        "for", "for=", "for=a;for=b", "for=\"a", "for=\"a\\", "for=\"a\"b", "for=a b", "a b=c d", "for=a for=b",
    ])
    func `a malformed field says nothing`(text: String) throws {
        #expect(ForwardedFields.parse([text]) == nil)
        #expect(try report(.init(elements: [text])) == ForwardedFields.Report())
    }
}
