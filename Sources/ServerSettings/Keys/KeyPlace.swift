import Text

/// Where keys are fetched from: an https URL, or an http one, which has to be allowed.
public struct KeyPlace: Sendable, Equatable {
    public let url: String
    private let server: ServerURL

    /// Nil for anything else, above all for what may hold a password.
    public init?(_ url: String) {
        let place = url.prefix { $0 != "?" }
        guard let server = ServerURL(String(place)), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 })
        else { return nil }
        (self.url, self.server) = (url, server)
    }

    public var isEncrypted: Bool { server.scheme == "https" }

    /// In small letters.
    public var host: String { server.host.lowercased() }

    /// Whether nobody can change the keys on their way: TLS, or a connection that does not leave this machine.
    public var isSafe: Bool {
        isEncrypted || server.host == "localhost" || server.host == "[::1]" || server.host.isLoopbackIPv4Address
    }

    /// Whether keys may be fetched from there.
    ///
    /// - Parameter insecure: the hosts that are allowed without TLS: names, and `*.suffix` for all names below one.
    func isAllowed(insecure: [String]) -> Bool {
        isSafe
            || insecure.contains { pattern in
                let pattern = pattern.lowercased()
                guard pattern.hasPrefix("*.") else { return pattern == host }
                let suffix = pattern.dropFirst()
                return host.utf8.count > suffix.utf8.count && host.hasSuffix(suffix)
            }
    }
}
