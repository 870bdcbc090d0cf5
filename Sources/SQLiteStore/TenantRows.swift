import Boards
import Events
import GRDB

/// One tenant inside the writer's transaction.
///
/// Its counters stay here until ``flush(_:)``, so that a group of writes costs one update of them. To undo a write,
/// restore a copy of this value from before it, and roll back to the savepoint.
struct TenantRows: BoardTransaction {
    let tenant: TenantID
    private let db: Database
    private let run: Run
    private var row: TenantRow
    private var isRunNoted = false
    private var boards: [BoardID: CachedBoard] = [:]

    private struct CachedBoard {
        var board: Board?
        var head: Int
        var isHeadChanged = false
    }

    /// Reads the tenant; creates it with its board `main` when it is new.
    init(_ tenant: TenantID, in run: Run, beginning: Timestamp, _ db: Database) throws(BoardError) {
        self.tenant = tenant
        self.run = run
        self.db = db
        row = try storing {
            if let row = try TenantTable.row(of: tenant, in: db) { return row }
            let row = try TenantTable.insert(tenant, in: db)
            try BoardTable.insert(.main(since: beginning), of: row.number, in: db)
            return row
        }
    }

    /// Writes the counters, and deletes a few events beyond the retention.
    mutating func flush(_ retention: Retention) throws {
        let excess = retention.oldest(stored: row.oldest, head: row.head) - row.oldest
        if excess >= Chores.batch {
            row.oldest += min(excess, 4 * Chores.batch)
            try EventTable.delete(before: row.oldest, of: row.number, in: db)
            try EpochTable.delete(before: row.oldest, of: row.number, in: db)
        }
        try TenantTable.update(row, in: db)
        for (id, cached) in boards where cached.isHeadChanged {
            try BoardTable.setHead(cached.head, of: id, of: row.number, in: db)
        }
    }

    var head: Int { row.head }
    var newestTask: Int { row.lastTask }
    var epoch: Epoch { run.epoch }

    func board(_ id: BoardID) throws(BoardError) -> Board? {
        if let cached = boards[id] { return cached.board }
        return try storing { try BoardTable.board(id, of: row.number, in: db) }
    }

    mutating func insert(_ board: Board) throws(BoardError) {
        try storing { try BoardTable.insert(board, of: row.number, in: db) }
        boards[board.id]?.board = board
    }

    mutating func update(_ board: Board) throws(BoardError) {
        try storing { try BoardTable.update(board, of: row.number, in: db) }
        boards[board.id]?.board = board
    }

    mutating func delete(_ board: Board) throws(BoardError) {
        try storing { try BoardTable.delete(board.id, of: row.number, in: db) }
        boards[board.id]?.board = nil
    }

    func statusesInUse(on board: BoardID) throws(BoardError) -> Set<String> {
        try storing { try TaskTable.statuses(on: board, of: row.number, in: db) }
    }

    func task(_ id: Int) throws(BoardError) -> BoardTask? {
        try storing { try TaskTable.task(id, of: row.number, in: db) }
    }

    mutating func insert(_ task: BoardTask) throws(BoardError) {
        try storing { try TaskTable.insert(task, of: row.number, in: db) }
    }

    mutating func update(_ task: BoardTask) throws(BoardError) {
        try storing { try TaskTable.update(task, of: row.number, in: db) }
    }

    mutating func delete(_ task: BoardTask) throws(BoardError) {
        try storing { try TaskTable.delete(task.id, of: row.number, in: db) }
    }

    func tasks(in column: BoardColumn) throws(BoardError) -> [BoardTask] {
        try storing { try TaskTable.tasks(in: column, of: row.number, in: db) }
    }

    func lastRank(in column: BoardColumn) throws(BoardError) -> Rank? {
        try storing { try TaskTable.lastRank(in: column, of: row.number, in: db) }
    }

    func nextRank(in column: BoardColumn, after rank: Rank?, without id: Int) throws(BoardError) -> Rank? {
        try storing { try TaskTable.nextRank(in: column, after: rank, without: id, of: row.number, in: db) }
    }

    func job(_ id: JobID) throws(BoardError) -> StoredJob? {
        try storing { try JobTable.job(id, of: row.number, in: db) }
    }

    mutating func insert(_ job: StoredJob) throws(BoardError) {
        try storing { try JobTable.insert(job, of: row.number, in: db) }
    }

    mutating func update(_ job: StoredJob) throws(BoardError) {
        try storing { try JobTable.update(job, of: row.number, in: db) }
    }

    func openJobs() throws(BoardError) -> Int {
        try storing { try JobTable.open(of: row.number, in: db) }
    }

    mutating func takeTaskID() throws(BoardError) -> Int {
        row.lastTask = try next(row.lastTask)
        return row.lastTask
    }

    mutating func takeNumbers(on board: BoardID?) throws(BoardError) -> (seq: Int, boardSeq: Int?) {
        let seq = try next(row.head)
        if !isRunNoted {
            try storing { try EpochTable.note(run, after: row.head, of: row.number, in: db) }
            isRunNoted = true
        }
        guard let board else {
            row.head = seq
            return (seq, nil)
        }
        var cached = if let cached = boards[board] { cached } else { try cache(board) }
        cached.head = try next(cached.head)
        cached.isHeadChanged = true
        boards[board] = cached
        row.head = seq
        return (seq, cached.head)
    }

    /// The next number. Counting never exhausts the numbers; only a damaged row comes near the limit.
    private func next(_ number: Int) throws(BoardError) -> Int {
        guard number < RowReader.highest else { throw .failed(.broken("the tenant's numbers are used up")) }
        return number + 1
    }

    mutating func append(_ event: Event) throws(BoardError) {
        try storing { try EventTable.insert(event, of: row.number, in: db) }
    }

    func answer(to key: String, of user: UserID) throws(BoardError) -> Answer? {
        try storing { try AnswerTable.answer(to: key, of: user, of: row.number, in: db) }
    }

    mutating func keep(_ answer: Answer, to key: String, of user: UserID) throws(BoardError) {
        try storing { try AnswerTable.keep(answer, to: key, of: user, of: row.number, in: db) }
    }

    /// The number of the board's newest event, 0 before the first.
    func head(of board: BoardID) throws(BoardError) -> Int {
        if let cached = boards[board] { return cached.head }
        return try storing { try BoardTable.head(of: board, of: row.number, in: db) }
    }

    private func cache(_ id: BoardID) throws(BoardError) -> CachedBoard {
        try storing {
            CachedBoard(
                board: try BoardTable.board(id, of: row.number, in: db),
                head: try BoardTable.head(of: id, of: row.number, in: db))
        }
    }
}
