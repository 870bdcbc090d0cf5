import StrictJSON

/// What a verified token says of its holder (RFC 7519 §4). Times are milliseconds since 1970.
///
/// Compare its texts by bytes: Swift's own equality takes U+212A for `K`.
public struct Claims: Sendable {
    /// `sub`, 1 to 255 bytes of UTF-8.
    public let subject: String
    /// 1 to 64 characters of `[A-Za-z0-9._-]`.
    public let tenant: String
    /// `exp`, rounded down.
    public let expiresAt: Int64
    public let notBefore: Int64?
    public let issuedAt: Int64?
    /// `jti`
    public let id: String?
    /// `iss`
    public let issuer: String?
    /// `role`; a member when the token names none.
    public let role: Role
    /// `boards`: the only boards that the token is good for; nil means all of the tenant's.
    public let boards: [String]?

    /// For tests and for tools that make tokens: what has been verified comes from ``TokenVerifier``.
    package init(
        subject: String, tenant: String, expiresAt: Int64, notBefore: Int64? = nil, issuedAt: Int64? = nil,
        id: String? = nil, issuer: String? = nil, role: Role = .member, boards: [String]? = nil
    ) {
        self.subject = subject
        self.tenant = tenant
        self.expiresAt = expiresAt
        self.notBefore = notBefore
        self.issuedAt = issuedAt
        self.id = id
        self.issuer = issuer
        self.role = role
        self.boards = boards
    }
}

extension Claims {
    /// - Throws: ``PermissionDenied`` when the role does not allow it.
    public func require(_ permission: Permission) throws(PermissionDenied) {
        guard role.allows(permission) else { throw PermissionDenied(role: role, permission: permission) }
    }

    /// Whether the token is good for the board of this id, should its tenant have one.
    public func mayUse(board: String) -> Bool {
        guard let boards else { return true }
        return boards.contains { $0.hasSameBytes(as: board) }
    }
}
