public import Tokens

extension TokenError {
    /// Which setting would change the refusal; nil where none should. The answer to a refused token and `token verify` both
    /// say it.
    public var remedy: String? {
        switch self {
        case .tenantMissing: "auth.tenantClaim is the claim that names it, auth.tenant the tenant of tokens without it"
        case .tenant, .severalTenants: "auth.tenantClaim is the claim that is looked at"
        case .tenantOfAnotherIssuer: "tenants.directory has the issuers of tenants"
        case .issuer: "auth.issuer is the one that is expected"
        case .audience: "auth.audience is the one that is expected"
        case .algorithmNotAllowed: "auth.algorithms are those that are allowed, or else those of the keys"
        case .noMatchingKey:
            "keys come from auth.issuers, auth.jwksURL, auth.jwksFile, auth.publicKeyFile, auth.secretFile, or the tenants' files"
        case .notYetValid, .issuedInFuture: "auth.leewaySeconds is how far clocks may be apart"
        case .tooLong: "http.maxHeaderBytes is the bound"
        default: nil
        }
    }
}
