public import Events

/// The rows of one tenant inside one transaction: what a store gives ``Gate`` to work with.
///
/// A tenant exists from the first time that it is asked for, with the board `main` and no events. ``Gate``
/// refuses before it changes anything; an error after the first change is the store's own, and undoes the write.
public protocol BoardTransaction {
    var tenant: TenantID { get }
    /// The number of the newest event, 0 before the first.
    var head: Int { get }

    func board(_ id: BoardID) throws(BoardError) -> Board?
    mutating func insert(_ board: Board) throws(BoardError)
    mutating func update(_ board: Board) throws(BoardError)
    /// With all its tasks and jobs. Its numbering is kept, for a board of the same id made later.
    mutating func delete(_ board: Board) throws(BoardError)
    /// Those that have at least one task.
    func statusesInUse(on board: BoardID) throws(BoardError) -> Set<String>

    func task(_ id: Int) throws(BoardError) -> BoardTask?
    mutating func insert(_ task: BoardTask) throws(BoardError)
    mutating func update(_ task: BoardTask) throws(BoardError)
    mutating func delete(_ task: BoardTask) throws(BoardError)
    /// Ordered by rank, then id.
    func tasks(in column: BoardColumn) throws(BoardError) -> [BoardTask]
    func lastRank(in column: BoardColumn) throws(BoardError) -> Rank?
    /// The first rank above `rank`, or of all, leaving the task numbered `id` out.
    func nextRank(in column: BoardColumn, after rank: Rank?, without id: Int) throws(BoardError) -> Rank?

    func job(_ id: JobID) throws(BoardError) -> StoredJob?
    /// As the tenant's newest; finished jobs more than ``JobLimits/kept`` numbers older are deleted.
    mutating func insert(_ job: StoredJob) throws(BoardError)
    mutating func update(_ job: StoredJob) throws(BoardError)
    /// How many are not finished.
    func openJobs() throws(BoardError) -> Int

    /// A number that no task of the tenant ever had.
    mutating func takeTaskID() throws(BoardError) -> Int
    /// The tenant's next event number and, for an event of a board, the board's own next.
    mutating func takeNumbers(on board: BoardID?) throws(BoardError) -> (seq: Int, boardSeq: Int?)
    /// `event` carries the number taken last.
    mutating func append(_ event: Event) throws(BoardError)

    func answer(to key: String, of user: UserID) throws(BoardError) -> Answer?
    /// Replaces what was kept under that key.
    mutating func keep(_ answer: Answer, to key: String, of user: UserID) throws(BoardError)
}
