public import Events

extension Principal {
    /// Requires that the token allows `board`, which must exist: a missing board is answered as missing, to everybody.
    ///
    /// - Throws: ``BoardError/forbidden`` for a board that the token does not allow.
    public func require(_ board: BoardID) throws(BoardError) {
        guard boards.contains(board) else { throw .forbidden }
    }
}
