/// The page that a request comes from, as far as its browser names it (Fetch standard §3.2, Fetch Metadata §2.4).
struct RequestOrigin {
    private let fields: CredentialFields

    init(_ fields: CredentialFields) { self.fields = fields }

    /// Whether it comes from no page, our own page or one of `origins`. Otherwise cookies are ignored and WebSockets
    /// refused, since browsers let any page send the one and open the other.
    func isTrusted(origins: Set<String>) -> Bool {
        guard let origin = fields.origin.first else { return fields.fetchSite.allSatisfy { $0 != "cross-site" } }
        guard fields.origin.count == 1 else { return false }
        return origins.contains { $0.utf8.elementsEqual(origin.utf8) } || isOwn(origin)
    }

    /// The same host and port as the request's `Host`; the scheme is not known behind a proxy that speaks TLS.
    private func isOwn(_ origin: String) -> Bool {
        guard fields.host.count == 1, let host = Authority(fields.host[0]) else { return false }
        for (scheme, port) in [("http://", 80), ("https://", 443)] where origin.utf8.starts(with: scheme.utf8) {
            guard let own = Authority(String(origin.dropFirst(scheme.count))) else { return false }
            return own.host == host.host && own.port ?? port == host.port ?? port
        }
        return false
    }
}
