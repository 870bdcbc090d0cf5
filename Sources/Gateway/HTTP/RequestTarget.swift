import NIOHTTP1

/// A request's target in one form, whichever its client has chosen: the front and the router compare paths, and must
/// find the same.
struct RequestTarget: Equatable {
    /// The path and the query. No slash follows another, and none stands at the path's end.
    let uri: String
    /// The host that an absolute target names, which replaces the one in `Host` (RFC 9112 §3.2.2).
    let host: String?
    /// Whether it is the prefix alone: the page, which there can't find its files.
    let isPrefixAlone: Bool

    /// - Parameter prefix: what stands before our paths in the client's URLs; cut off where a proxy has left it there.
    /// Nil for an absolute target that is no URL of a server like this one.
    init?(_ target: String, prefix: String = "") {
        var rest = target[...]
        var host: Substring?
        if !target.utf8.starts(with: "/".utf8), let colon = target.firstRange(of: "://") {
            guard ["http", "https"].contains(target[..<colon.lowerBound].lowercased()) else { return nil }
            let authority = target[colon.upperBound...].prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty, RequestRules.isHost(String(authority)) else { return nil }
            host = authority
            rest = target[authority.endIndex...]
        }
        self.host = host.map(String.init)
        let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let path = rest[..<mark]
        // `OPTIONS *` asks about the server as a whole (RFC 9110 §9.3.7), as does an absolute target without a path.
        guard path != "*", !path.isEmpty else {
            (uri, isPrefixAlone) = ("/" + rest[mark...], false)
            return
        }
        isPrefixAlone = !prefix.isEmpty && path == prefix
        let cut = Self.cut(prefix, from: path)
        uri = (Self.isPlain(cut) ? String(cut) : Self.plain(cut)) + rest[mark...]
    }

    private static func cut(_ prefix: String, from path: Substring) -> Substring {
        guard !prefix.isEmpty, path.utf8.starts(with: prefix.utf8) else { return path }
        let rest = path.utf8.dropFirst(prefix.utf8.count)
        return rest.isEmpty ? "/" : rest.first == UInt8(ascii: "/") ? Substring(rest) : path
    }

    private static func isPlain(_ path: Substring) -> Bool {
        let slash = UInt8(ascii: "/")
        var previous: UInt8 = 0
        for byte in path.utf8 {
            if byte == slash, previous == slash { return false }
            previous = byte
        }
        return previous != slash || path.utf8.count == 1
    }

    private static func plain(_ path: Substring) -> String {
        "/" + path.split(separator: "/").joined(separator: "/")
    }
}

extension HTTPRequestHead {
    /// The same request with `target`.
    func with(_ target: RequestTarget) -> HTTPRequestHead {
        if target.host == nil, target.uri == uri { return self }
        var head = self
        head.uri = target.uri
        if let host = target.host { head.headers.replaceOrAdd(name: "Host", value: host) }
        return head
    }
}
