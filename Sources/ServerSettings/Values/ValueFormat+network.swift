import Text

extension ValueFormat where Value == String {
    static let host = Self("a host name or an address, without port") { text throws(Unfit) in
        guard !text.isEmpty else { throw Unfit("is empty") }
        let isName = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || ".-_".utf8.contains($0) }
        guard isName || text.isIPv6Address else { throw Unfit("is neither a name nor an address") }
        return text
    }

    /// An origin as browsers send it (RFC 6454 §6.2), since it is compared byte by byte.
    static let origin = Self("an exact origin such as https://boards.example.com") { text throws(Unfit) in
        guard !text.contains("*") else { throw Unfit("has a wildcard, which would let any site in") }
        guard let origin = ServerURL(text), origin.description == text, origin.path.isEmpty, text == text.lowercased()
        else { throw Unfit("is not an origin as browsers send it") }
        guard !origin.hasDefaultPort else { throw Unfit("has the port that browsers leave out") }
        return text
    }

    /// The URL must have no user part, which might contain a password.
    static let keyURL = Self("an https URL, or an http URL of this machine or of auth.insecureJWKSHosts") {
        text throws(Unfit) in
        guard KeyPlace(text) != nil else { throw Unfit("is not such a URL", showsText: false) }
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
