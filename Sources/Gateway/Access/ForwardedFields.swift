import Text

/// The fields in which proxies say where a request came from and what it was sent to: `X-Forwarded-…` and `Forwarded`
/// (RFC 7239). Anyone can send them; ``RequestPlace`` decides which of them are believed.
struct ForwardedFields: Equatable {
    /// Every `X-Forwarded-For`.
    var addresses: [String] = []
    /// Every `X-Forwarded-Host`.
    var hosts: [String] = []
    /// Every `X-Forwarded-Proto`.
    var schemes: [String] = []
    /// Every `X-Forwarded-Prefix`.
    var prefixes: [String] = []
    /// Every `Forwarded`.
    var elements: [String] = []

    /// What the proxies that are trusted say of one request. What is nil was not said, or not so that it counts.
    struct Report: Equatable {
        var client: ClientAddress?
        var host: Authority?
        var isSecure: Bool?
        var prefix: String?
    }

    /// What is said by `peer` and the trusted proxies before it.
    ///
    /// Each proxy adds its value at the end of a list, so the values that count are those of the first proxy that is
    /// trusted: as far from the end as there are trusted ones. Where `Forwarded` and an `X-Forwarded-…` disagree, one of
    /// them may have come from the client through a proxy that knows only the other, so neither counts.
    func report(of peer: ClientAddress, trusting proxies: [Network]) -> Report {
        let old = walk(Self.list(addresses).map(ClientAddress.init(forwarded:)), from: peer, trusting: proxies)
        let pairs = Self.parse(elements) ?? []
        let new = walk(
            pairs.map { $0["for"].flatMap(ClientAddress.init(forwarded:)) }, from: peer, trusting: proxies)
        let pair = Self.element(of: pairs, at: new.depth) ?? [:]
        let newClient = pair["for"] == nil ? nil : new.client
        var report = Report()
        switch (addresses.isEmpty ? nil : old.client, newClient) {
        case (let one?, let other?): report.client = one == other ? one : peer
        case (let one, let other): report.client = one ?? other
        }
        func agreed<Value: Equatable>(_ one: String?, _ other: String?, _ read: (String) -> Value?) -> Value? {
            switch (one, other) {
            case (let one?, let other?): read(one).flatMap { $0 == read(other) ? $0 : nil }
            case (let one, let other): (one ?? other).flatMap(read)
            }
        }
        report.host = agreed(Self.element(of: Self.list(hosts), at: old.depth), pair["host"]) { Authority($0) }
        report.isSecure = agreed(Self.element(of: Self.list(schemes), at: old.depth), pair["proto"], Self.isSecure)
        report.prefix = Self.element(of: Self.list(prefixes), at: old.depth).flatMap(Self.prefix)
        return report
    }

    /// The client's address in a list to which each proxy has added the one that it saw, and how many values from the
    /// end it stands. Nil addresses are something else; if one is read, the client is the peer.
    private func walk(
        _ list: [ClientAddress?], from peer: ClientAddress, trusting proxies: [Network]
    ) -> (client: ClientAddress, depth: Int) {
        var client = peer
        for (depth, address) in list.reversed().enumerated() {
            guard let address else { return (peer, 1) }
            client = address
            guard proxies.contains(where: { $0.contains(address) }) else { return (client, depth + 1) }
        }
        return (client, max(1, list.count))
    }

    /// A proxy that writes only its own value has a shorter list.
    private static func element<Value>(of list: [Value], at depth: Int) -> Value? {
        list.isEmpty ? nil : list[max(0, list.count - depth)]
    }

    private static func list(_ fields: [String]) -> [String] {
        guard !fields.isEmpty else { return [] }
        return fields.joined(separator: ",").split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimmed) }
    }

    /// WebSockets have schemes of their own, which some proxies write.
    private static func isSecure(_ scheme: String) -> Bool? {
        switch scheme.lowercased() {
        case "https", "wss": true
        case "http", "ws": false
        default: nil
        }
    }

    /// A path without the slash at its end; nil for what is none, or could lead elsewhere in a link.
    private static func prefix(_ text: String) -> String? {
        guard text.utf8.count <= 256, text.first == "/", !text.contains("//"), !text.contains("/.") else { return nil }
        guard text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "/-._~".utf8.contains($0) }) else { return nil }
        return text.last == "/" ? String(text.dropLast()) : text
    }

    /// The elements of `Forwarded` (RFC 7239 §4), their names in small letters; nil for a field that is malformed.
    static func parse(_ fields: [String]) -> [[String: String]]? {
        var elements: [[String: String]] = []
        var element: [String: String] = [:]
        var rest = fields.joined(separator: ",")[...]
        guard !rest.isEmpty else { return [] }
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" && $0 != "," }
            rest = rest[name.endIndex...]
            if rest.first == "=" {
                rest = rest.dropFirst()
                guard let value = value(&rest), element.updateValue(value, forKey: name.lowercased()) == nil else {
                    return nil
                }
                rest = rest.drop { $0 == " " || $0 == "\t" }
            } else if !name.trimmed.isEmpty {
                return nil
            }
            switch rest.first {
            case ";": break
            case ",":
                elements.append(element)
                element = [:]
            case nil: return elements + [element]
            default: return nil
            }
            rest = rest.dropFirst()
        }
    }

    /// A token, or a quoted string with its escapes undone (RFC 9110 §5.6.4).
    private static func value(_ rest: inout Substring) -> String? {
        guard rest.first == "\"" else {
            let token = rest.prefix { !";, \t\"".contains($0) }
            rest = rest[token.endIndex...]
            return token.isEmpty ? nil : String(token)
        }
        rest = rest.dropFirst()
        var value = ""
        while let letter = rest.popFirst() {
            switch letter {
            case "\"": return value
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            default: value.append(letter)
            }
        }
        return nil
    }
}
