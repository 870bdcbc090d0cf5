public import Events

/// Who asks: what a verified token says, as far as boards are concerned.
public struct Author: Sendable {
    public let tenant: TenantID
    public let user: UserID
    /// What the token is good for; a board named here need not exist.
    public let boards: Selection.Boards
    /// Whether it may report on the jobs of others, and cancel them.
    public let runsJobs: Bool

    public init(tenant: TenantID, user: UserID, boards: Selection.Boards = .all, runsJobs: Bool = false) {
        self.tenant = tenant
        self.user = user
        self.boards = boards
        self.runsJobs = runsJobs
    }

    public func sees(_ board: BoardID) -> Bool {
        switch boards {
        case .all: true
        case .only(let some): some.contains(board)
        }
    }

    /// For a board that is there: one that is not is told as such, whoever asks.
    ///
    /// - Throws: ``BoardError/forbidden`` for a board that the token is not good for.
    public func require(_ board: BoardID) throws(BoardError) {
        guard sees(board) else { throw .forbidden }
    }

    /// What is left of `asked`: `all` means all that the author sees.
    ///
    /// - Throws: ``BoardError/forbidden`` when a board is asked for by name that the token is not good for.
    public func narrow(_ asked: Selection.Boards) throws(BoardError) -> Selection.Boards {
        guard case .only(let some) = asked else { return boards }
        for board in some { try require(board) }
        return asked
    }
}
