import Text

/// Where a request was sent to, as its client sees that, and where the client is.
///
/// The same for streams and calls: by the connection and the `Host` field; by what trusted proxies say instead; or, for
/// what is sent to, by `http.publicURL`.
struct RequestPlace: Sendable, Equatable {
    /// What the settings say about the way to us.
    struct Rules: Sendable {
        /// Whose forwarding fields are believed.
        var trustedProxies: [Network] = []
        /// The URL that people's browsers see; nil when it is not known beforehand.
        var publicURL: ServerURL?
        /// Whether we speak TLS ourselves, so that only a proxy could be without.
        var isSecure = false
    }

    /// Nil for a connection without an address.
    let client: ClientAddress?
    /// The host, and the port if it was given; nil when it is not known.
    let authority: Authority?
    /// Whether the client uses TLS; nil when that is not known.
    let isSecure: Bool?
    /// What precedes our paths in the client's URLs: empty, or a path that does not end with a slash.
    let prefix: String
    /// Whether ``authority`` and ``isSecure`` are all of our origin, so that no other port or scheme is ours.
    private let isExact: Bool

    /// - Parameter peer: the other end of the connection; nil when it has no address.
    init(_ fields: CredentialFields, peer: ClientAddress?, by rules: Rules) {
        var report = ForwardedFields.Report()
        if let peer, rules.trustedProxies.contains(where: { $0.contains(peer) }) {
            report = fields.forwarded.report(of: peer, trusting: rules.trustedProxies)
        }
        client = report.client ?? peer
        if let url = rules.publicURL {
            authority = Authority(url.port.map { "\(url.host):\($0)" } ?? url.host)
            isSecure = url.scheme == "https"
            prefix = url.path
        } else {
            authority = report.host ?? (fields.host.count == 1 ? Authority(fields.host[0]) : nil)
            isSecure = report.isSecure ?? (rules.isSecure ? true : nil)
            prefix = report.prefix ?? ""
        }
        isExact = rules.publicURL != nil
    }

    /// Whether `origin` is that of our own pages.
    ///
    /// An authority without a port is taken for every port, since many proxies leave the port out; a host's cookies do
    /// not distinguish its ports either (RFC 6265 §8.5). Both schemes are ours as long as nobody says that it is https.
    func isOwn(_ origin: String) -> Bool {
        guard let authority else { return false }
        for (scheme, usual) in [("http://", 80), ("https://", 443)] where origin.utf8.starts(with: scheme.utf8) {
            let needsTLS = scheme == "https://"
            guard let own = Authority(String(origin.dropFirst(scheme.count))), own.host == authority.host else {
                return false
            }
            if isExact { return needsTLS == isSecure && own.port ?? usual == authority.port ?? usual }
            if isSecure == true, !needsTLS { return false }
            return authority.port.map { own.port ?? usual == $0 } ?? true
        }
        return false
    }

    /// Whether a cookie may go over TLS alone: always, but on loopback without TLS.
    var needsSecureCookie: Bool { isSecure == true || authority?.isLoopback != true }
}
