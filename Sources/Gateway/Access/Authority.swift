import Text

/// A host and perhaps a port, as in the `Host` header (RFC 9110 §7.2) and in an origin (RFC 6454 §6.2).
struct Authority: Equatable, CustomStringConvertible {
    /// In small letters; an IPv6 address in its brackets.
    let host: String
    let port: Int?

    /// Nil unless `text` is ASCII of the form `host[:port]`.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && !Self.delimiters.contains($0) }) else { return nil }
        guard let parts = HostAndPort(text[...]), !parts.host.isEmpty else { return nil }
        host = parts.host.lowercased()
        guard let digits = parts.port else {
            port = nil
            return
        }
        guard let number = Int(digits: digits), number <= 65_535 else { return nil }
        port = number
    }

    var description: String { port.map { "\(host):\($0)" } ?? host }

    /// Whether it names this machine itself: `localhost`, 127.0.0.0/8 and `[::1]`.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { Int(digits: $0) }
        return parts.count == 4 && parts[0] == 127 && parts.allSatisfy { 0...255 ~= $0 ?? -1 }
    }

    private static let delimiters = Set("/?#@\\".utf8)
}
