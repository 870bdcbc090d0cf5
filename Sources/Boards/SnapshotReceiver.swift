public import Events

/// Takes the state of boards piece by piece, while the store reads it in one transaction: however large it is, the
/// store holds one task of it at a time.
///
/// Called on a thread of the store's, from one call at a time. What it throws ends the reading.
public protocol SnapshotReceiver: AnyObject, Sendable {
    /// Called first, and once.
    func begin(_ boards: [Board], at cursor: Cursor) throws(BoardError)
    /// The tasks come in the order of ``BoardSnapshot/tasks``.
    func take(_ task: BoardTask) throws(BoardError)
}

extension BoardStore {
    /// Boards, tasks and cursor as they were at one moment.
    ///
    /// - Throws: as ``snapshot(of:for:into:)``.
    public func snapshot(of boards: Selection.Boards, for author: Principal) async throws(BoardError) -> BoardSnapshot {
        let whole = WholeSnapshot()
        try await snapshot(of: boards, for: author, into: whole)
        return whole.snapshot
    }
}

/// `@unchecked Sendable`: the store uses it until its call returns, and the caller after that.
private final class WholeSnapshot: SnapshotReceiver, @unchecked Sendable {
    private var boards: [Board] = []
    private var tasks: [BoardTask] = []
    private var cursor: Cursor?

    func begin(_ boards: [Board], at cursor: Cursor) { (self.boards, self.cursor) = (boards, cursor) }

    func take(_ task: BoardTask) { tasks.append(task) }

    var snapshot: BoardSnapshot {
        guard let cursor else { preconditionFailure("a store returned from a snapshot that it did not begin") }
        return BoardSnapshot(boards: boards, tasks: tasks, cursor: cursor)
    }
}
