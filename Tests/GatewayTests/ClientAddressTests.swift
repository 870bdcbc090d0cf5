import NIOCore
import Testing

@testable import Gateway

@Suite struct ClientAddressTests {
    private func client(_ peer: String, _ forwarded: String..., trusting proxies: [String]) throws -> ClientAddress {
        ClientAddress(
            peer: try #require(ClientAddress(peer)), forwarded: forwarded,
            trusting: try proxies.map { try #require(Network($0)) })
    }

    @Test func `a peer that is no trusted proxy is the client, whatever it says`() throws {
        #expect(try client("192.0.2.1", "198.51.100.7", trusting: []) == ClientAddress("192.0.2.1"))
        #expect(try client("192.0.2.1", "198.51.100.7", trusting: ["10.0.0.0/8"]) == ClientAddress("192.0.2.1"))
    }

    @Test func `behind trusted proxies the client is the last address that is none of them`() throws {
        let proxies = ["10.0.0.0/8", "2001:db8::/32"]
        for (forwarded, expected) in [
            ("198.51.100.7", "198.51.100.7"), ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("1.1.1.1,198.51.100.7 , 10.1.2.3,2001:db8::5", "198.51.100.7"),
            ("junk, 198.51.100.7", "198.51.100.7"), ("2620:fe::fe, 10.9.9.9", "2620:fe::fe"),
            ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ] {
            #expect(try client("10.0.0.1", forwarded, trusting: proxies) == ClientAddress(expected), "\(forwarded)")
        }
        #expect(
            try client("10.0.0.1", "1.1.1.1", "198.51.100.7", "10.0.0.2", trusting: proxies)
                == ClientAddress("198.51.100.7"))
    }

    @Test(arguments: [
        "", " ", ",", "unknown", "_hidden", "198.51.100.7:80", "[2620:fe::fe]", "198.51.100", "198.51.100.7\u{0}",
        "198.51.100.256", "fe80::1%eth0", "1.1.1.1, junk", "1.1.1.1, junk, 10.0.0.2", "\u{FF11}.1.1.1", "0x7f.1",
    ])
    func `with junk where an address is looked for the client is the peer`(forwarded: String) throws {
        #expect(try client("10.0.0.1", forwarded, trusting: ["10.0.0.0/8"]) == ClientAddress("10.0.0.1"))
    }

    @Test func `a network holds what begins with its bits, and nothing else`() throws {
        for (network, inside, outside) in [
            (
                "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                ["11.0.0.0", "9.255.255.255", "::a00:1"]
            ),
            ("192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1"]),
            ("2001:db8::/33", ["2001:db8::", "2001:db8:7fff::1"], ["2001:db8:8000::", "2001:db9::"]),
            ("::1", ["::1"], ["::2", "0.0.0.1"]), ("::/0", ["::", "ffff::", "1.2.3.4"], []),
        ] {
            let network = try #require(Network(network))
            for text in inside { #expect(network.contains(try #require(ClientAddress(text))), "\(text)") }
            for text in outside { #expect(!network.contains(try #require(ClientAddress(text))), "\(text)") }
        }
        for text in ["", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10.0.0.0/8/8", "x"] {
            #expect(Network(text) == nil, "\(text)")
        }
    }

    @Test func `addresses that one client may have for itself count as one`() throws {
        func block(_ text: String) throws -> ClientAddress { try #require(ClientAddress(text)).block }
        #expect(try block("192.0.2.1") != block("192.0.2.2"))
        #expect(try block("192.0.2.1") == block("::ffff:192.0.2.1"))
        #expect(try block("2001:db8::1") == block("2001:db8::ffff:1:2:3"))
        #expect(try block("2001:db8::1") != block("2001:db8:0:1::1"))
    }

    @Test func `a socket's address is the same as its text`() throws {
        for text in ["192.0.2.1", "2001:db8::1", "::ffff:10.0.0.1"] {
            #expect(ClientAddress(try SocketAddress(ipAddress: text, port: 80)) == ClientAddress(text))
        }
        #expect(ClientAddress(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }
}
