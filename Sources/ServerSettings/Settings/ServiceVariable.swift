import Text

/// The variables that Kubernetes sets in every pod for each service of its namespace (kubernetes.io, “Discovering
/// services”), and Docker for a link. For a service `boardcast-http` they begin with `BOARDCAST_HTTP_`, as settings do.
enum ServiceVariable {
    /// Whether a variable of this name and value is such a one. Both are looked at, so that a misspelt setting is not
    /// taken for one; `BOARDCAST_HTTP_PORT=tcp://10.0.0.1:80` is one, although the name is that of a setting.
    static func isOne(_ name: String, _ text: String) -> Bool {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        if name.hasSuffix("_SERVICE_HOST") { return isAddress(text) }
        if name.hasSuffix("_SERVICE_PORT") || name.contains("_SERVICE_PORT_") { return isPort(text) }
        if parts.last == "PORT", isURL(text) { return true }
        return isOfPort(parts, text)
    }

    /// `…_PORT_80_TCP`, and `_PROTO`, `_PORT` and `_ADDR` after it.
    private static func isOfPort(_ parts: [Substring], _ text: String) -> Bool {
        guard let place = parts.lastIndex(where: { protocols.contains($0.lowercased()) }), place >= 2,
            parts[place - 2] == "PORT", isPort(String(parts[place - 1]))
        else { return false }
        switch parts[(place + 1)...] {
        case []: return isURL(text)
        case ["PROTO"]: return protocols.contains(text)
        case ["PORT"]: return isPort(text)
        case ["ADDR"]: return isAddress(text)
        default: return false
        }
    }

    private static let protocols: Set = ["tcp", "udp", "sctp"]

    /// `tcp://10.0.0.1:80`.
    private static func isURL(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "://"), protocols.contains(String(text[..<mark.lowerBound])),
            let place = HostAndPort(text[mark.upperBound...]), let port = place.port
        else { return false }
        return isPort(String(port)) && isAddress(String(place.bracketed ?? place.host))
    }

    private static func isAddress(_ text: String) -> Bool { text.isIPv4Address || text.isIPv6Address }

    private static func isPort(_ text: String) -> Bool { Int(digits: text).map { 1...65_535 ~= $0 } ?? false }
}
