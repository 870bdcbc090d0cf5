/// Where a server is: `https://boards.example.com/base`. Has no place for a user, a query or a fragment, since those
/// would put a token on the command line.
public struct ServerURL: Sendable, Equatable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// An IPv6 address stands in brackets.
    public let host: String
    /// Nil where it is the scheme's own.
    public let port: Int?
    /// Empty, or begins with a slash and does not end with one.
    public let path: String

    /// Nil for anything else, above all for what may hold a secret.
    public init?(_ text: String) {
        guard let scheme = ["http", "https"].first(where: { text.hasPrefix("\($0)://") }) else { return nil }
        let rest = text.dropFirst(scheme.count + 3)
        let isSound = rest.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-._~%!$&'()*+,;=:/[]".utf8.contains($0) }
        guard isSound else { return nil }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<slash]) else { return nil }
        var path = rest[slash...]
        while path.last == "/" { path = path.dropLast() }
        (self.scheme, self.host, self.port, self.path) = (scheme, host, port, String(path))
    }

    private static func authority(_ text: Substring) -> (host: String, port: Int?)? {
        guard let parts = HostAndPort(text) else { return nil }
        let isSound =
            parts.bracketed.map { String($0).isIPv6Address }
            ?? (!parts.host.isEmpty && parts.host.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) })
        guard isSound else { return nil }
        guard let digits = parts.port else { return (String(parts.host), nil) }
        guard let port = Int(digits: digits), 1...65_535 ~= port else { return nil }
        return (String(parts.host), port)
    }

    /// Whether the port is given although it is the scheme's own.
    public var hasDefaultPort: Bool { port == (scheme == "https" ? 443 : 80) }

    public var description: String { "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")\(path)" }

    /// The URL of a call.
    public func url(_ path: String, query: [(name: String, value: String)] = []) -> String {
        let pairs = query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
        return description + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}
