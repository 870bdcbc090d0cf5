import Events

extension Gate {
    mutating func perform(
        _ command: TaskCommand, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<BoardTask> {
        switch command {
        case .createTask(let draft): try insert(draft, into: try column(for: draft, in: rows), in: &rows)
        case .updateTask(let id, let patch, let version): try updateTask(id, patch, ifVersion: version, in: &rows)
        case .moveTask(let id, let move, let version): try moveTask(id, move, ifVersion: version, in: &rows)
        case .deleteTask(let id, let version): try deleteTask(id, ifVersion: version, in: &rows)
        }
    }

    /// Creates the tasks in order; the commit's number is that of the last task's event.
    mutating func createTasks(
        _ drafts: [TaskDraft], in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Written> {
        var columns: [BoardColumn] = []
        for draft in drafts { columns.append(try column(for: draft, in: rows)) }
        for (draft, column) in zip(drafts, columns) { _ = try insert(draft, into: column, in: &rows) }
        return Commit(seq: rows.head, .nothing)
    }

    private func column(
        for draft: TaskDraft, in rows: some BoardTransaction
    ) throws(BoardError) -> BoardColumn {
        let board = try existing(draft.board, in: rows)
        let status = draft.status ?? board.columns[0].id
        try require(status, on: board)
        return BoardColumn(board: board.id, status: status)
    }

    private mutating func insert(
        _ draft: TaskDraft, into column: BoardColumn, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<BoardTask> {
        let task = BoardTask(
            id: try rows.takeTaskID(), board: column.board, name: draft.name, description: draft.description,
            status: column.status, priority: draft.priority, assignee: draft.assignee, labels: draft.labels,
            dueAt: draft.dueAt, rank: .following(try rows.lastRank(in: column)), version: 1, epoch: rows.epoch,
            createdBy: author.user, createdAt: now, updatedAt: now)
        try rows.insert(task)
        return Commit(seq: try announce(.taskCreated, task, in: &rows), task)
    }

    private mutating func updateTask(
        _ id: Int, _ patch: TaskPatch, ifVersion version: ExpectedVersion?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<BoardTask> {
        let old = try existing(id, ifVersion: version, in: rows)
        try patch.own.require { old.write(into: &$0) }
        var new = patch.applied(to: old)
        if let status = patch.status, status != old.status {
            try require(status, on: try existing(old.board, in: rows))
            new.status = status
            new.rank = .following(try rows.lastRank(in: new.column))
        }
        return try save(new, over: old, in: &rows)
    }

    private mutating func moveTask(
        _ id: Int, _ move: TaskMove, ifVersion version: ExpectedVersion?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<BoardTask> {
        let old = try existing(id, ifVersion: version, in: rows)
        try require(move.status, on: try existing(old.board, in: rows))
        var new = old
        new.status = move.status
        let before = try predecessor(move.after, of: id, in: new.column, rows)
        let next = try rows.nextRank(in: new.column, after: before, without: id)
        let standsThere = before.map { $0 < old.rank } != false && next.map { old.rank < $0 } != false
        if old.status != new.status || !standsThere {
            new.rank = .between(before, next)
            if new.rank.rawValue.utf8.count > Rank.longest {
                new.rank = try space(new.column, around: id, after: move.after, in: &rows)
            }
        }
        return try save(new, over: old, in: &rows)
    }

    private mutating func deleteTask(
        _ id: Int, ifVersion version: ExpectedVersion?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<BoardTask> {
        let task = try existing(id, ifVersion: version, in: rows)
        try rows.delete(task)
        return Commit(seq: try announce(.taskDeleted, task, in: &rows), task)
    }

    /// Writes the changed task and its events: `task.updated` for fields, and for a rank inside the column;
    /// `task.status_changed` for another column, which comes second when there are both.
    private mutating func save(
        _ new: BoardTask, over old: BoardTask, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<BoardTask> {
        let fields = old.fieldChanges(to: new)
        let place = old.placeChanges(to: new)
        guard !fields.isEmpty || !place.isEmpty else { return Commit(seq: rows.head, old) }
        var task = new
        task.version += 1
        task.epoch = rows.epoch
        task.updatedAt = now
        try rows.update(task)
        if old.status == new.status {
            return Commit(seq: try announce(.taskUpdated, task, changes: fields + place, in: &rows), task)
        }
        if !fields.isEmpty { try announce(.taskUpdated, task, changes: fields, in: &rows) }
        let seq = try announce(.taskStatusChanged, task, previousStatus: old.status, changes: place, in: &rows)
        return Commit(seq: seq, task)
    }

    /// Gives all tasks of a crowded column new ranks, the others each with a `task.updated`, and `id` its own among
    /// them.
    private mutating func space(
        _ column: BoardColumn, around id: Int, after: Int?, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Rank {
        let others = try rows.tasks(in: column).filter { $0.id != id }
        let place = after.flatMap { after in others.firstIndex { $0.id == after } }.map { $0 + 1 } ?? 0
        var ranks = Rank.spaced(others.count + 1)
        let rank = ranks.remove(at: place)
        for (old, rank) in zip(others, ranks) {
            var new = old
            new.rank = rank
            _ = try save(new, over: old, in: &rows)
        }
        return rank
    }

    /// The rank of the task that another one is placed after; nil for the first place.
    private func predecessor(
        _ after: Int?, of id: Int, in column: BoardColumn, _ rows: some BoardTransaction
    ) throws(BoardError) -> Rank? {
        guard let after else { return nil }
        guard after != id, let task = try rows.task(after), task.column == column else {
            throw .invalid("after", "must be another task of the same board in that status, or null")
        }
        return task.rank
    }

    private func existing(
        _ id: Int, ifVersion version: ExpectedVersion?, in rows: some BoardTransaction
    ) throws(BoardError) -> BoardTask {
        guard let task = try rows.task(id) else { throw .notFound(.task(id)) }
        try author.require(task.board)
        guard version?.isThat(of: task) != false else { throw .versionMismatch(task) }
        return task
    }

    private func require(_ status: String, on board: Board) throws(BoardError) {
        guard board.columns.contains(where: { $0.id == status }) else {
            throw .invalid("status", "must be one of the board's: \(board.statuses.joined(separator: ", "))")
        }
    }

    @discardableResult
    private mutating func announce(
        _ type: EventType, _ task: BoardTask, previousStatus: String? = nil, changes: [FieldChange] = [],
        in rows: inout some BoardTransaction
    ) throws(BoardError) -> Int {
        let content = EventDraft.Content.task(task, previousStatus: previousStatus, changes: changes)
        return try announce(EventDraft(type: type, content: content), to: .board(task.board), in: &rows)
    }
}
