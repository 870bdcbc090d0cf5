import NIOCore
import Testing

@testable import Gateway

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:DB8::1", "2001:db8::1"),
        ("2001:db8:0:1::", "2001:db8:0:1::/64"),
    ])
    func `an address is written in one way`(text: String, expected: String) throws {
        #expect(try #require(ClientAddress(text)).description == expected)
    }

    @Test(arguments: [
        ("198.51.100.7:80", "198.51.100.7"), ("198.51.100.7", "198.51.100.7"), ("[2620:fe::fe]", "2620:fe::fe"),
        ("[2620:fe::fe]:443", "2620:fe::fe"), ("2620:fe::fe", "2620:fe::fe"),
        ("198.51.100.7:_a.b-C", "198.51.100.7"),
    ])
    func `a proxy may write the port and brackets`(text: String, address: String) {
        #expect(ClientAddress(forwarded: text) == ClientAddress(address))
    }

    @Test(arguments: [
        "", " ", "unknown", "_hidden", "198.51.100", "198.51.100.7\u{0}", "198.51.100.256", "fe80::1%eth0",
        "\u{FF11}.1.1.1", "0x7f.1", "198.51.100.7:", "198.51.100.7:x", "198.51.100.7:_a b", "198.51.100.7:65536",
        "198.51.100.7:8:0",
        "[198.51.100.7]", "[2620:fe::fe", "[2620:fe::fe]x", "[]:80", ":80",
    ])
    func `what is no address is none`(text: String) {
        #expect(ClientAddress(forwarded: text) == nil)
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
        #expect(ClientAddress(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == ClientAddress("127.0.0.1"))
    }
}
