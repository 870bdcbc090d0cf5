/// `host` or `host:port`, cut apart (RFC 3986 §3.2.2). An IPv6 address stands in its brackets.
///
/// Only cuts: what a host and a port may be differs between a `Host` header, an origin and a URL.
public struct HostAndPort: Sendable, Equatable {
    /// With its brackets, where it has some; may be empty.
    public let host: Substring
    /// What follows the colon, which may be nothing; nil without a colon.
    public let port: Substring?

    /// Nil for a bracket that is not closed, or that something other than a colon follows.
    public init?(_ text: Substring) {
        var end = text.firstIndex(of: ":") ?? text.endIndex
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            end = text.index(after: bracket)
            guard end == text.endIndex || text[end] == ":" else { return nil }
        }
        host = text[..<end]
        port = end == text.endIndex ? nil : text[end...].dropFirst()
    }

    /// What is in the brackets; nil for a host without them.
    public var bracketed: Substring? { host.first == "[" ? host.dropFirst().dropLast() : nil }
}
