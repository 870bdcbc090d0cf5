/// What a token is judged by, in this order; the `rule` of a 401. The names do not change.
public enum TokenRule: String, Sendable, CaseIterable {
    case shape, header, algorithm, payload, signature
    case expiry, beginning, issuer, audience, subject, tenant, boards
    /// `jti` is a string, and the token was not revoked.
    case id
}
