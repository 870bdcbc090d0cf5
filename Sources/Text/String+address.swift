import Glibc

extension String {
    /// Whether it is an IPv4 address in four decimal parts.
    public var isIPv4Address: Bool {
        var address = in_addr()
        return inet_pton(AF_INET, self, &address) == 1
    }

    /// Whether it is an address of 127.0.0.0/8.
    public var isLoopbackIPv4Address: Bool { isIPv4Address && hasPrefix("127.") }

    /// Whether it is an IPv6 address, without brackets and zone.
    public var isIPv6Address: Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, self, &address) == 1
    }
}
