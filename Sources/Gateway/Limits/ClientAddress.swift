import Glibc
public import NIOCore
import Text

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

    private static func isPort(_ text: Substring) -> Bool {
        if text.first == "_" { return text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) } }
        return Int(digits: text) ?? 65_536 <= 65_535
    }

    /// The 4 or 16 bytes of an address, the highest first.
    init?(networkOrder bytes: some Collection<UInt8>) {
        let number = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch bytes.count {
        case 4: bits = 0xFFFF_0000_0000 | number
        case 16: bits = number
        default: return nil
        }
    }

    /// The address of this machine, 127.0.0.1, for the peer of a Unix socket.
    public init?(_ socket: SocketAddress) {
        if case .unixDomainSocket = socket {
            self.init("127.0.0.1")
        } else {
            guard let text = socket.ipAddress else { return nil }
            self.init(text)
        }
    }

    /// An address as proxies write it: perhaps with its port or a name that hides that, IPv6 perhaps in brackets (RFC
    /// 7239 §6). Nil for a name that hides the address.
    init?(forwarded text: String) {
        if let address = ClientAddress(text) {
            self = address
            return
        }
        guard let parts = HostAndPort(text[...]), parts.port.map(Self.isPort) ?? true else { return nil }
        let host = String(parts.bracketed ?? parts.host)
        guard host.isIPv6Address == (parts.bracketed != nil) else { return nil }
        self.init(host)
    }

    /// The block of addresses that one client is assumed to own: an IPv4 address, or a /64 of IPv6.
    public var block: ClientAddress { bits >> 32 == 0xFFFF ? self : ClientAddress(bits: (bits >> 64) << 64) }
}

extension ClientAddress: CustomStringConvertible {
    /// As RFC 5952 has it; IPv4 with dots, and the block of a /64 with its length.
    public var description: String {
        if bits >> 32 == 0xFFFF {
            return (0..<4).reversed().map { String(UInt8(truncatingIfNeeded: bits >> (8 * $0))) }.joined(separator: ".")
        }
        var (address, text) = (bits.bigEndian, [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN)))
        guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "unknown" }
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return self == block ? name + "/64" : name
    }
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
