import Testing

@testable import Gateway

/// The PROXY protocol, as its specification has it.
@Suite struct ProxyHeaderTests {
    private static let line = "PROXY TCP4 203.0.113.7 10.0.0.2 41234 8788\r\n"
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
    private static let ipv4 = signature + [0x21, 0x11, 0, 12, 203, 0, 113, 7, 10, 0, 0, 2, 0xA1, 0x12, 0x22, 0x54]

    @Test func `a header is complete with its last byte and not before, and what follows is not its own`() {
        for header in [
            Array(Self.line.utf8), Self.ipv4, Self.ipv4.prefix(14) + [0, 15] + Self.ipv4.dropFirst(16) + [4, 0, 0],
        ] {
            for count in 0..<header.count { #expect(ProxyHeader(header.prefix(count)) == .incomplete, "\(count)") }
            let complete = ProxyHeader.complete(client: ClientAddress("203.0.113.7"), length: header.count)
            #expect(ProxyHeader(header) == complete)
            #expect(ProxyHeader(header + Array("GET / HTTP/1.1\r\n".utf8)) == complete)
        }
    }

    @Test func `a proxy may speak for itself`() {
        for header in [
            Array("PROXY UNKNOWN\r\n".utf8), Array("PROXY UNKNOWN ffff::1 x\r\n".utf8),
            Self.signature + [0x20, 0, 0, 0], Self.signature + [0x20, 0x11, 0, 2, 7, 7],
            Self.signature + [0x21, 0, 0, 0],
        ] {
            #expect(ProxyHeader(header) == .complete(client: nil, length: header.count))
        }
    }

    @Test func `IPv6 is read in both versions`() {
        let client = ClientAddress("2001:db8::1")
        let line = Array("PROXY TCP6 2001:db8::1 ::1 1 2\r\n".utf8)
        #expect(ProxyHeader(line) == .complete(client: client, length: line.count))
        let address: [UInt8] = [0x20, 1, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1]
        let bytes = Self.signature + [0x21, 0x21, 0, 36] + address + address + [0, 1, 0, 2]
        #expect(ProxyHeader(bytes) == .complete(client: client, length: bytes.count))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n",
        "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n", "PROXY TCP4 x 2.2.2.2 1 2\r\n",
        "PROXY \r\n", "PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n", "PROXY UNKNOWN \u{1}\r\n", "\r\n\r\nGET",
    ])
    func `what is no header is none`(text: String) {
        #expect(ProxyHeader(Array(text.utf8)) == .malformed)
    }

    @Test func `nothing longer than it may be is waited for`() {
        let long = Array(("PROXY UNKNOWN " + String(repeating: "x", count: 200)).utf8)
        #expect(ProxyHeader(long.prefix(106)) == .incomplete)
        #expect(ProxyHeader(long.prefix(107)) == .malformed)
        #expect(ProxyHeader(Self.signature + [0x21, 0x11, 0xFF, 0xFF]) == .malformed)
        #expect(ProxyHeader(Self.signature + [0x21, 0x11, 0, 11]) == .malformed)
        for (command, family) in [(0x11, 0x11), (0x22, 0x11), (0x21, 0x12), (0x21, 0x22), (0x21, 0x41)]
            as [(UInt8, UInt8)]
        {
            #expect(ProxyHeader(Self.signature + [command, family, 0, 36]) == .malformed)
        }
    }
}
