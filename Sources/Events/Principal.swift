/// Who asks: what a verified token says of its holder (RFC 7519 §4), from the verifier to the store.
///
/// Only ``Tokens/TokenVerifier`` makes one from a token. The gateway's own work on behalf of a user (a job's timer, a
/// resumed import) makes its own, which never expires.
public struct Principal: Sendable {
    public let tenant: TenantID
    /// `sub`
    public let user: UserID
    /// What the claim `role`, or the one that the settings name, comes to.
    public let role: Role
    /// `boards`: the only boards that the token allows. A board named here need not exist.
    public let boards: Selection.Boards
    /// `exp`, rounded down to the millisecond.
    public let expiresAt: Timestamp
    /// `iat`; nil when the token does not say.
    public let issuedAt: Timestamp?
    /// `nbf`
    public let notBefore: Timestamp?
    /// `jti`
    public let tokenID: String?
    /// `iss`
    public let issuer: String?
    /// The key that the token was verified with; nil when there was none.
    public let signer: SigningKeyID?

    public init(
        tenant: TenantID, user: UserID, role: Role = .member, boards: Selection.Boards = .all,
        expiresAt: Timestamp = .never, issuedAt: Timestamp? = nil, notBefore: Timestamp? = nil, tokenID: String? = nil,
        issuer: String? = nil, signer: SigningKeyID? = nil
    ) {
        self.tenant = tenant
        self.user = user
        self.role = role
        self.boards = boards
        self.expiresAt = expiresAt
        self.issuedAt = issuedAt
        self.notBefore = notBefore
        self.tokenID = tokenID
        self.issuer = issuer
        self.signer = signer
    }

    public func allows(_ permission: Permission) -> Bool { role.allows(permission) }

    /// - Throws: ``PermissionDenied`` when the role does not allow it.
    public func require(_ permission: Permission) throws(PermissionDenied) {
        guard allows(permission) else { throw PermissionDenied(role: role, permission: permission) }
    }

    /// The same holder, who is shown `boards` alone.
    public func limited(to boards: Selection.Boards) -> Principal {
        Principal(
            tenant: tenant, user: user, role: role, boards: boards, expiresAt: expiresAt, issuedAt: issuedAt,
            notBefore: notBefore, tokenID: tokenID, issuer: issuer, signer: signer)
    }
}
