public import Events

/// Boards, their tasks, and the log of what happened to them, each tenant apart.
///
/// Every write passes ``Gate``; every store passes the one suite in `Tests/Contracts`. A store is made with
/// `announce`, which it calls once per commit: after the commit is safe, before any of its writes is acknowledged,
/// with the events in number order, and never from two places at once.
public protocol BoardStore: TenantHistory, JobStore {
    /// Performs one write and announces its events; returns when both are done. For one task, board or job the methods
    /// of the same name answer with that.
    ///
    /// - Parameter once: names the write, so that sending it again gives the first answer and does nothing.
    /// - Throws: any ``BoardError``; then nothing was changed and nothing announced.
    func write(
        _ command: Command, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<Written>

    /// The boards that the author may see, ordered by id.
    func boards(for author: Principal) async throws(BoardError) -> [Board]

    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)``.
    func board(_ id: BoardID, for author: Principal) async throws(BoardError) -> Board

    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)``.
    func task(_ id: Int, for author: Principal) async throws(BoardError) -> BoardTask

    /// The tasks that match, ordered by id, at most the query's limit.
    ///
    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)`` for a board asked for by name.
    func tasks(_ query: TaskQuery, for author: Principal) async throws(BoardError) -> TaskPage

    /// Boards, tasks and cursor as they were at one moment.
    ///
    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)`` for a board asked for by name.
    func snapshot(of boards: Selection.Boards, for author: Principal) async throws(BoardError) -> BoardSnapshot

    /// The newest tasks of one status on those of `boards` that exist, at most `count`.
    ///
    /// Not restricted to one user: for state that is shared by all readers who may see these boards.
    func newestTasks(
        in status: String, on boards: Selection.Boards, of tenant: TenantID, count: Int
    ) async throws(BoardError) -> NewestTasks

    /// Why the store can do nothing for now, though it is open: its files are gone. Nil while it can.
    var outage: StoreFailure? { get }

    /// Finishes the writes that were accepted; afterwards every call fails with ``Events/StoreFailure/closed``.
    func close() async
}

/// The state of boards at one moment, and the place in the log where the events after it begin.
public struct BoardSnapshot: Sendable {
    /// By id.
    public let boards: [Board]
    /// The tasks, ordered by board, then column from left to right, then rank.
    public let tasks: [BoardTask]
    public let cursor: Cursor

    public init(boards: [Board], tasks: [BoardTask], cursor: Cursor) {
        self.boards = boards
        self.tasks = tasks
        self.cursor = cursor
    }
}

/// The newest tasks of one status, and the place in the log at which they were read.
public struct NewestTasks: Sendable {
    /// The tasks, ordered by id, newest first.
    public let tasks: [BoardTask]
    public let cursor: Cursor

    public init(tasks: [BoardTask], cursor: Cursor) {
        self.tasks = tasks
        self.cursor = cursor
    }
}
