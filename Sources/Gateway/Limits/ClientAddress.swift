import Glibc
public import NIOCore

/// Where a client is: an IPv6 address; IPv4 stands in it as RFC 4291 §2.5.5.2 has it.
public struct ClientAddress: Sendable, Hashable {
    fileprivate private(set) var bits: UInt128

    private init(bits: UInt128) { self.bits = bits }

    /// Nil unless `text` is an address and nothing else: no port, no brackets, no zone.
    public init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        var (v4, v6) = (UInt32(0), UInt128(0))  // in network order
        if inet_pton(AF_INET, text, &v4) == 1 {
            bits = 0xFFFF_0000_0000 | UInt128(UInt32(bigEndian: v4))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            bits = UInt128(bigEndian: v6)
        } else {
            return nil
        }
    }

    /// Nil for a socket that is neither IPv4 nor IPv6.
    public init?(_ socket: SocketAddress) {
        guard let text = socket.ipAddress else { return nil }
        self.init(text)
    }

    /// The client of a request: `peer`, or, when that is a trusted proxy, the last forwarded address that is not a
    /// trusted proxy.
    ///
    /// - Parameter forwarded: every `X-Forwarded-For`, in order. When something else stands in a place where an address
    ///   is read, the whole field is ignored and the client is the peer.
    public init(peer: ClientAddress, forwarded: [String], trusting proxies: [Network]) {
        self = peer
        guard proxies.contains(where: { $0.contains(peer) }) else { return }
        for part in forwarded.joined(separator: ",").utf8.split(separator: UInt8(ascii: ",")).reversed() {
            guard let address = ClientAddress(String(Substring(part).drop { $0 == " " }.prefix { $0 != " " })) else {
                self = peer
                return
            }
            self = address
            guard proxies.contains(where: { $0.contains(address) }) else { return }
        }
    }

    /// The block of addresses that one client is assumed to own: an IPv4 address, or a /64 of IPv6.
    public var block: ClientAddress { bits >> 32 == 0xFFFF ? self : ClientAddress(bits: (bits >> 64) << 64) }
}

/// An address, or all addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.1`.
public struct Network: Sendable, Hashable {
    private let prefix: UInt128
    private let length: Int

    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let address = ClientAddress(parts[0]) else { return nil }
        let before = parts[0].utf8.contains(UInt8(ascii: ":")) ? 0 : 96
        guard let length = parts.count == 1 ? 128 - before : Int(parts[1]), 0...128 - before ~= length else {
            return nil
        }
        self.length = before + length
        prefix = address.bits >> (128 - self.length)
    }

    public func contains(_ address: ClientAddress) -> Bool { address.bits >> (128 - length) == prefix }
}
