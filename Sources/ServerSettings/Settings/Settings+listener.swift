extension Settings.HTTP {
    static let socketPrefix = "unix:"

    /// Whether the listener speaks TLS.
    public var isSecure: Bool { tlsCertificateFile != nil }

    /// The path of the socket to listen on; nil for a network address.
    public var socketPath: String? {
        host.hasPrefix(Self.socketPrefix) ? String(host.dropFirst(Self.socketPrefix.count)) : nil
    }
}

extension Settings {
    /// Where operators have a listener of their own; nil where they have none.
    public var operatorsAddress: (host: String, port: Int)? { ops.port.map { (ops.host ?? "127.0.0.1", $0) } }

    /// Whether both listeners would be at one address. What only the system knows, such as the addresses of a name, is
    /// found out when they begin to listen.
    var hasOneAddressForBoth: Bool {
        guard let operators = operatorsAddress, http.socketPath == nil, operators.port == http.port, http.port > 0
        else {
            return false
        }
        return operators.host == http.host
            || [operators.host, http.host].contains { ["0.0.0.0", "::"].contains($0) }
    }
}
