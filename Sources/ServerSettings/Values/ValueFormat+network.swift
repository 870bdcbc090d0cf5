import Text

extension ValueFormat where Value == String {
    static let host = Self("a host name or an address, without port, or unix:PATH") { text throws(Unfit) in
        guard !text.isEmpty else { throw Unfit("is empty") }
        if text.hasPrefix(Settings.HTTP.socketPrefix) { return try socket(text) }
        // As URLs have an IPv6 address.
        if let address = HostAndPort(text[...]), address.port == nil, let bracketed = address.bracketed {
            guard String(bracketed).isIPv6Address else { throw Unfit("has no IPv6 address in its brackets") }
            return String(bracketed)
        }
        let isName = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) }
        guard isName || text.isIPv6Address else { throw Unfit("is neither a name nor an address") }
        return text
    }

    static let networkHost = Self("a host name or an address, without port") { text throws(Unfit) in
        guard !text.hasPrefix(Settings.HTTP.socketPrefix) else { throw Unfit("is a socket's path") }
        return try host.parse(text)
    }

    private static func socket(_ text: String) throws(Unfit) -> String {
        let path = text.dropFirst(Settings.HTTP.socketPrefix.count)
        guard !path.isEmpty, path.last != "/" else { throw Unfit("names no file") }
        // `sun_path` of unix(7), with the zero at its end.
        guard path.utf8.count < 108, !path.utf8.contains(0) else { throw Unfit("has a path of more than 107 bytes") }
        return text
    }

    /// An origin as browsers send it (RFC 6454 §6.2), since it is compared byte by byte: of a site, of an application
    /// (`capacitor://localhost`), or that of pages without one, `null` and `file://`.
    static let origin = Self("an exact origin such as https://boards.example.com") { text throws(Unfit) in
        guard !text.contains("*") else { throw Unfit("has a wildcard, which would let any site in") }
        if text == "null" || text == "file://" || isApplicationOrigin(text) { return text }
        guard let origin = ServerURL(text), origin.description == text, origin.path.isEmpty, text == text.lowercased()
        else { throw Unfit("is not an origin as browsers send it") }
        guard !origin.hasDefaultPort else { throw Unfit("has the port that browsers leave out") }
        return text
    }

    /// A scheme that is none of the web's, and a name, perhaps with a port.
    private static func isApplicationOrigin(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "://"), let server = ServerURL("http" + text[mark.lowerBound...]) else {
            return false
        }
        let scheme = text[..<mark.lowerBound]
        let isScheme =
            scheme.utf8.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } == true
            && scheme.utf8.allSatisfy { $0.isASCIIAlphanumeric || "+-.".utf8.contains($0) }
        let isOfTheWeb = Self.schemesOfTheWeb.contains(scheme)
        return isScheme && !isOfTheWeb && text == text.lowercased() && server.path.isEmpty
            && "http" + text[mark.lowerBound...] == server.description
    }

    private static let schemesOfTheWeb: Set<Substring> = [
        "http", "https", "ws", "wss", "ftp", "file", "data", "blob", "about", "javascript",
    ]

    /// The URL must have no user part, which might contain a password.
    static let keyURL = Self("an https URL, or an http URL of this machine or of auth.insecureJWKSHosts") {
        text throws(Unfit) in
        guard KeyPlace(text) != nil else { throw Unfit("is not such a URL", showsText: false) }
        return text
    }

    /// OpenID Connect Discovery 1.0 §4: without query and fragment.
    static let issuer = Self(keyURL.allowed + "; without a query") { text throws(Unfit) in
        guard KeyPlace(text) != nil, !text.contains("?") else { throw Unfit("is not such a URL", showsText: false) }
        return text
    }

    static let hostPattern = Self("a host name, or *.suffix for all names below it") { text throws(Unfit) in
        let name = text.hasPrefix("*.") ? String(text.dropFirst(2)) : text
        guard !name.isEmpty, !name.hasPrefix("."),
            name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) })
        else { throw Unfit("is neither") }
        return text
    }

    static let network = Self("an address, or a network such as 10.0.0.0/8") { text throws(Unfit) in
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let bits = parts[0].isIPv4Address ? 32 : parts[0].isIPv6Address ? 128 : nil
        guard let bits else { throw Unfit("is not an address") }
        if parts.count > 1 {
            guard let length = Int(parts[1]), 0...bits ~= length, String(length) == parts[1] else {
                throw Unfit("has a prefix length that is not 0 to \(bits)")
            }
        }
        return text
    }
}

extension ValueFormat where Value == ServerURL {
    /// What browsers see; its path must not be mistaken for one of our own.
    static let serverURL = Self("the URL of a server, such as http://127.0.0.1:4318") { text throws(Unfit) in
        guard let url = ServerURL(text) else { throw Unfit("is not such a URL", showsText: false) }
        return url
    }

    static let publicURL = Self("a URL such as https://boards.example.com or https://example.com/boards") {
        text throws(Unfit) in
        guard let url = ServerURL(text), url.path.isEmpty || isPrefix(url.path) else {
            throw Unfit("is not the URL of a server, with a plain path at most")
        }
        let first = url.path.split(separator: "/").first.map(String.init)
        guard first.map({ !ownPaths.contains($0) }) ?? true else {
            throw Unfit("has a path that is one of the server's own")
        }
        return url
    }

    private static func isPrefix(_ path: String) -> Bool {
        !path.contains("//") && !path.contains("/.")
            && path.utf8.allSatisfy { $0.isASCIIAlphanumeric || "/-._~".utf8.contains($0) }
    }

    private static let ownPaths: Set<String> = [
        "api", "sse", "ws", "assets", "sdk", "admin", "admin.html", "signed-in", "healthz", "readyz", "metrics",
        "openapi.json",
    ]
}
