import Text

/// Why the keys of an OpenID issuer can't be found by its discovery document.
public enum DiscoveryError: Error, Equatable, CustomStringConvertible {
    case notDiscovery
    /// The document is of another issuer, or names none.
    case otherIssuer(String?)
    case keysInTheOpen

    public var description: String {
        switch self {
        case .notDiscovery: "it is no OpenID discovery document with a jwks_uri"
        case .otherIssuer(let issuer?):
            "the discovery document is of the issuer “\(issuer.printable)”; write that, if it is the one you mean"
        case .otherIssuer(nil): "the discovery document names no issuer"
        case .keysInTheOpen: "its jwks_uri is no https URL, nor one that auth.insecureJWKSHosts allows"
        }
    }
}
