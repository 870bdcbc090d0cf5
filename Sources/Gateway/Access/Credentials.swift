import HTTPTypes

/// The credentials of a request, not verified yet.
enum Credentials {
    /// A JWT, from the `Authorization` header, the cookie, a subprotocol or the query.
    case token(Substring)
    /// A single-use ticket, for one stream.
    case ticket(String)

    /// Takes the first credentials that are present, in this order: the header, the cookie and, where the route accepts
    /// them, a WebSocket's subprotocols and the query's `token` and `ticket`. Nil when there are none.
    ///
    /// - Parameters:
    ///   - place: the origin of our own pages, which may use the cookie.
    ///   - offer: the subprotocols, where a WebSocket is asked for.
    ///   - origins: the other origins whose pages may use the cookie.
    /// - Throws: ``Problem`` 401 when the first is unusable; the later ones are not tried.
    init?(
        _ fields: CredentialFields, at place: RequestPlace, query: Query? = nil, offer: SocketOffer? = nil,
        origins: Set<String>
    ) throws(Problem) {
        if let header = fields.authorization.first {
            guard fields.authorization.count == 1 else {
                throw .unauthorized("there is more than one Authorization header")
            }
            guard let bearer = Self.bearer(header) else {
                throw .unauthorized("the Authorization header must be Bearer and a token")
            }
            self = .token(bearer)
        } else if fields.isReading, let token = try SessionCookie.value(in: fields.cookie) {
            guard RequestOrigin(fields, at: place).isTrusted(origins: origins) else {
                throw .unauthorized("the cookie does not count from this origin")
            }
            self = .token(token)
        } else if let token = offer?.token {
            self = .token(token)
        } else if let token = query?["token"] {
            self = .token(token[...])
        } else if let ticket = query?["ticket"] {
            self = .ticket(ticket)
        } else {
            return nil
        }
    }

    /// RFC 6750 §2.1; the scheme's case does not matter (RFC 9110 §11.1).
    private static func bearer(_ header: String) -> Substring? {
        guard let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else { return nil }
        let token = header[space...].drop { $0 == " " }
        return token.isEmpty ? nil : token
    }
}
