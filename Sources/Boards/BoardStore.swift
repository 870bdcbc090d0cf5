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

    /// The same for a caller that does not wait in a task.
    ///
    /// - Parameter answer: called once, on whichever thread has done the write; must not block.
    func submit(
        _ command: Command, by author: Principal, once: IdempotencyKey?,
        answer: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void)

    /// The boards that the author may see, ordered by id.
    func boards(for author: Principal) async throws(BoardError) -> [Board]

    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)``.
    func board(_ id: BoardID, for author: Principal) async throws(BoardError) -> Board

    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)``.
    func task(_ id: Int, for author: Principal) async throws(BoardError) -> BoardTask

    /// The same for a caller that does not wait in a task of its own.
    ///
    /// - Parameter found: called once, on whichever thread has read it; must not block.
    func find(
        _ task: Int, for author: Principal, found: @escaping @Sendable (Result<BoardTask, BoardError>) -> Void)

    /// The tasks that match, ordered by id, at most the query's limit.
    ///
    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)`` for a board asked for by name.
    func tasks(_ query: TaskQuery, for author: Principal) async throws(BoardError) -> TaskPage

    /// Hands boards, tasks and cursor, as they were at one moment, to `receiver`.
    ///
    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)`` for a board asked for by name, and what
    ///   `receiver` throws.
    func snapshot(
        of boards: Selection.Boards, for author: Principal, into receiver: some SnapshotReceiver
    ) async throws(BoardError)

    /// The newest tasks of one status on those of `boards` that exist, at most `count`, and as many as
    /// ``NewestTasks/mostBytes`` has room for.
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
    /// Whether there are fewer than asked for because they are too large.
    public let isCut: Bool
    public let cursor: Cursor

    /// The memory of all of them, as ``BoardTask/footprint`` counts it; one is given however large it is.
    public static let mostBytes = 2 << 20

    /// - Parameter candidates: in any order; the newest `count` of them are taken.
    public init(_ candidates: [BoardTask], count: Int, isCut: Bool = false, cursor: Cursor) {
        (tasks, self.isCut) = Self.newest(candidates, count: count, isCut: isCut)
        self.cursor = cursor
    }

    /// The newest `count` of `candidates` that have room.
    public static func newest(
        _ candidates: [BoardTask], count: Int, isCut: Bool = false
    ) -> (tasks: [BoardTask], isCut: Bool) {
        let newest = candidates.sorted { $0.id > $1.id }.prefix(count)
        var size = 0
        let fitting = newest.enumerated().prefix { index, task in
            size += task.footprint
            return index == 0 || size <= mostBytes
        }
        return (fitting.map(\.element), isCut || fitting.count < newest.count)
    }
}

extension BoardTask {
    /// About the bytes of memory that it takes: its texts, and what stands around them.
    public var footprint: Int {
        500 + name.utf8.count + description.utf8.count + labels.reduce(0) { $0 + 32 + $1.utf8.count }
    }
}
