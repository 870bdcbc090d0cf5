extension Settings.HTTP {
    static let socketPrefix = "unix:"

    /// Whether the listener speaks TLS.
    public var isSecure: Bool { tlsCertificateFile != nil }

    /// The path of the socket to listen on; nil for a network address.
    public var socketPath: String? {
        host.hasPrefix(Self.socketPrefix) ? String(host.dropFirst(Self.socketPrefix.count)) : nil
    }
}
