import Events

extension Gate {
    mutating func createBoard(_ draft: BoardDraft, in rows: inout some BoardTransaction) throws(BoardError) -> Commit {
        try author.require(draft.id)
        guard try rows.board(draft.id) == nil else { throw .conflict(.boardExists(draft.id)) }
        let board = Board(
            id: draft.id, name: draft.name, statuses: draft.statuses, version: 1, createdAt: now, updatedAt: now)
        try rows.insert(board)
        return try commit(EventDraft(type: .boardCreated, board: board), in: &rows)
    }

    mutating func updateBoard(
        _ id: BoardID, _ patch: BoardPatch, ifVersion version: Int?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit {
        let old = try existing(id, in: rows)
        guard version == nil || version == old.version else { throw .boardVersionMismatch(old) }
        var new = old
        new.name = patch.name ?? old.name
        new.statuses = patch.statuses ?? old.statuses
        let changes = old.changes(to: new)
        guard !changes.isEmpty else { return Commit(seq: rows.head, board: old) }
        let removed = old.statuses.filter { !new.statuses.contains($0) }
        if !removed.isEmpty {
            let used = try rows.statusesInUse(on: id)
            let kept = removed.filter(used.contains)
            guard kept.isEmpty else { throw .conflict(.statusesInUse(kept)) }
        }
        new.version += 1
        new.updatedAt = now
        try rows.update(new)
        return try commit(EventDraft(type: .boardUpdated, changes: changes, board: new), in: &rows)
    }

    /// Its tasks go with it, and `board.deleted` alone says so.
    mutating func deleteBoard(
        _ id: BoardID, ifVersion version: Int?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit {
        let board = try existing(id, in: rows)
        guard version == nil || version == board.version else { throw .boardVersionMismatch(board) }
        guard id != .main else { throw .conflict(.boardIsPermanent(id)) }
        try rows.delete(board)
        return try commit(EventDraft(type: .boardDeleted, board: board), in: &rows)
    }

    private mutating func commit(
        _ draft: EventDraft, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit {
        Commit(seq: try announce(draft, to: .board(draft.board!.id), in: &rows), board: draft.board)
    }
}
