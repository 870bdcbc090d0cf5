public import Events

/// What a verified token gives a connection: whose it is, what it may see, and until when.
public struct Grant: Sendable {
    public let user: UserID
    /// `jti`
    public let tokenID: String?
    /// Milliseconds since 1970; nil when the token does not say.
    public let issuedAt: Int?
    /// Milliseconds since 1970.
    public let expiresAt: Int
    /// The boards that the token is good for.
    public let boards: Selection.Boards
    /// Whether its role may also change something.
    public let mayWrite: Bool

    public init(
        user: UserID, tokenID: String? = nil, issuedAt: Int? = nil, expiresAt: Int, boards: Selection.Boards = .all,
        mayWrite: Bool = true
    ) {
        self.user = user
        self.tokenID = tokenID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.boards = boards
        self.mayWrite = mayWrite
    }
}
