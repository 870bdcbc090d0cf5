public import Events

/// The rows of one tenant inside one transaction: what a store gives ``Gate`` to work with.
///
/// A tenant exists from its first request on, with the board `main` and no events. ``Gate`` refuses before it changes
/// anything; an error after the first change is the store's own, and undoes the write.
public protocol BoardTransaction {
    var tenant: TenantID { get }
    /// The number of the newest event, 0 before the first.
    var head: Int { get }
    /// The epoch of the numbers that this transaction gives.
    var epoch: Epoch { get }

    func board(_ id: BoardID) throws(BoardError) -> Board?
    mutating func insert(_ board: Board) throws(BoardError)
    mutating func update(_ board: Board) throws(BoardError)
    /// Deletes the board with all its tasks and jobs. Its event numbering is kept for a later board of the same id.
    mutating func delete(_ board: Board) throws(BoardError)
    /// The statuses of the board that have at least one task.
    func statusesInUse(on board: BoardID) throws(BoardError) -> Set<String>

    func task(_ id: Int) throws(BoardError) -> BoardTask?
    mutating func insert(_ task: BoardTask) throws(BoardError)
    mutating func update(_ task: BoardTask) throws(BoardError)
    mutating func delete(_ task: BoardTask) throws(BoardError)
    /// Ordered by rank, then id.
    func tasks(in column: BoardColumn) throws(BoardError) -> [BoardTask]
    func lastRank(in column: BoardColumn) throws(BoardError) -> Rank?
    /// The lowest rank above `rank`, or the lowest of all when it is nil; the task numbered `id` is not considered.
    func nextRank(in column: BoardColumn, after rank: Rank?, without id: Int) throws(BoardError) -> Rank?

    func job(_ id: JobID) throws(BoardError) -> StoredJob?
    /// Inserts the job as the tenant's newest; finished jobs more than ``JobLimits/kept`` numbers older are deleted.
    mutating func insert(_ job: StoredJob) throws(BoardError)
    mutating func update(_ job: StoredJob) throws(BoardError)
    /// The number of jobs that are not finished.
    func openJobs() throws(BoardError) -> Int

    /// Takes the next task id: a number that no task of the tenant ever had.
    mutating func takeTaskID() throws(BoardError) -> Int
    /// Takes the tenant's next event number and, for an event of a board, the board's next.
    mutating func takeNumbers(on board: BoardID?) throws(BoardError) -> (seq: Int, boardSeq: Int?)
    /// Appends `event` to the log; it carries the number that was taken last.
    mutating func append(_ event: Event) throws(BoardError)

    func answer(to key: String, of user: UserID) throws(BoardError) -> Answer?
    /// Keeps `answer` under `key`; replaces an older one.
    mutating func keep(_ answer: Answer, to key: String, of user: UserID) throws(BoardError)
}
