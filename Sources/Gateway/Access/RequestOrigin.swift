/// The page that a request comes from, as far as its browser names it (Fetch standard §3.2, Fetch Metadata §2.4).
struct RequestOrigin {
    private let fields: CredentialFields
    private let place: RequestPlace

    init(_ fields: CredentialFields, at place: RequestPlace) { (self.fields, self.place) = (fields, place) }

    /// Whether it comes from no page, our own page or one of `origins`. Otherwise cookies are ignored and WebSockets
    /// refused, since browsers let any page send the one and open the other.
    func isTrusted(origins: Set<String>) -> Bool {
        guard let origin = fields.origin.first else { return fields.fetchSite.allSatisfy { $0 != "cross-site" } }
        guard fields.origin.count == 1 else { return false }
        let name = Self.name(origin)
        return origins.contains { $0.utf8.elementsEqual(name.utf8) } || place.isOwn(origin)
    }

    /// An origin as the settings name it. An empty field is an opaque origin, as some web views send it: `null`.
    static func name(_ field: String) -> String { field.isEmpty ? "null" : field }
}
