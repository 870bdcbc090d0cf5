import Text

/// How people sign in on our own pages: at an OpenID provider, where the pages are a public client.
public struct SignIn: Sendable, Equatable {
    /// Exactly as the provider's tokens have it.
    let issuer: String
    /// The issuer's, as browsers have it.
    let origin: String
    let clientID: String
    /// Separated by spaces; `openid` is one of them.
    let scope: String
    /// The API that tokens are to be for, where the provider wants to be told.
    let audience: String?

    /// - Parameter scopes: those besides `openid`.
    /// - Returns: nil when `issuer` is no URL.
    public init?(issuer: String, clientID: String, scopes: [String], audience: String?) {
        guard let server = ServerURL(issuer) else { return nil }
        (self.issuer, self.clientID, self.audience) = (issuer, clientID, audience)
        // Without the port that browsers leave out.
        let port = server.hasDefaultPort ? "" : server.port.map { ":\($0)" } ?? ""
        origin = "\(server.scheme)://\(server.host.lowercased())\(port)"
        scope = (["openid"] + scopes.filter { $0 != "openid" }).joined(separator: " ")
    }
}
