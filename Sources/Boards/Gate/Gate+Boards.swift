import Events

extension Gate {
    mutating func perform(
        _ command: BoardCommand, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Board> {
        switch command {
        case .createBoard(let draft): try createBoard(draft, in: &rows)
        case .updateBoard(let id, let patch, let version): try updateBoard(id, patch, ifVersion: version, in: &rows)
        case .deleteBoard(let id, let version): try deleteBoard(id, ifVersion: version, in: &rows)
        }
    }

    private mutating func createBoard(
        _ draft: BoardDraft, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Board> {
        try author.require(draft.id)
        guard try rows.board(draft.id) == nil else { throw .conflict(.boardExists(draft.id)) }
        let board = Board(
            id: draft.id, name: draft.name, columns: draft.columns, version: 1, epoch: rows.epoch,
            createdAt: now, updatedAt: now)
        try rows.insert(board)
        return try announce(.boardCreated, board, in: &rows)
    }

    private mutating func updateBoard(
        _ id: BoardID, _ patch: BoardPatch, ifVersion version: ExpectedVersion?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Board> {
        let old = try existing(id, in: rows)
        guard version?.isThat(of: old) != false else { throw .boardVersionMismatch(old) }
        try patch.own.require { old.write(into: &$0) }
        var new = old
        new.name = patch.name ?? old.name
        guard let columns = patch.choice.columns(over: old.columns) else {
            throw .invalid("columns", ColumnChoice.disagreement)
        }
        new.columns = columns
        let changes = old.changes(to: new)
        guard !changes.isEmpty else { return Commit(seq: rows.head, old) }
        let removed = old.statuses.filter { !new.statuses.contains($0) }
        if !removed.isEmpty {
            let used = try rows.statusesInUse(on: id)
            let kept = removed.filter(used.contains)
            guard kept.isEmpty else { throw .conflict(.statusesInUse(kept)) }
        }
        new.version += 1
        new.epoch = rows.epoch
        new.updatedAt = now
        try rows.update(new)
        return try announce(.boardUpdated, new, changes, in: &rows)
    }

    /// Deletes the board with its tasks; `board.deleted` is the only event.
    private mutating func deleteBoard(
        _ id: BoardID, ifVersion version: ExpectedVersion?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Board> {
        let board = try existing(id, in: rows)
        guard version?.isThat(of: board) != false else { throw .boardVersionMismatch(board) }
        guard id != .main else { throw .conflict(.boardIsPermanent(id)) }
        try rows.delete(board)
        return try announce(.boardDeleted, board, in: &rows)
    }

    private mutating func announce(
        _ type: EventType, _ board: Board, _ changes: [FieldChange] = [], in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Board> {
        let draft = EventDraft(type: type, content: .board(board, changes: changes))
        return Commit(seq: try announce(draft, to: .board(board.id), in: &rows), board)
    }
}
