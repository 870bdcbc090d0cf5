public import Boards
public import Events
import GRDB
public import Logging

/// Boards, tasks and the log in one SQLite file: one writer that commits in groups, and concurrent readers (WAL).
public final class SQLiteBoardStore: BoardStore {
    public var epoch: Epoch { runs.current.epoch }
    let database: any DatabaseWriter
    /// How the database was found.
    public let condition: DatabaseCondition
    private let lock: DatabaseLock?
    private let checkpointer: Checkpointer?
    let watch: DatabaseWatch?
    private let writer: GroupCommit
    private let runs: RunLog
    private let beginning: Timestamp
    let settings: StoreSettings
    let log: StoreLog

    /// Opens the database, making it and bringing its schema up to date where needed. Blocks: for start-up only.
    ///
    /// - Parameters:
    ///   - logger: gets failures: what failed, with SQLite's result code and message.
    ///   - now: the time of day, which what is written bears.
    ///   - uptime: a clock that only goes forward, by which what is written ages.
    ///   - announce: called once per commit, on the writer's own thread, after the commit is on disk and before its
    ///     writes are answered, with the events in number order; must not block.
    public init(
        _ location: DatabaseLocation, settings: StoreSettings = StoreSettings(),
        logger: Logger = Logger(label: "boardcast.store"), now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Uptime = Uptime.nowWithSleep,
        announce: @escaping @Sendable ([Event]) -> Void
    ) throws(SQLiteStoreError) {
        log = StoreLog(logger, uptime: uptime)
        let opened = try DatabaseFile.open(location, settings: settings, log: log, now: now(), uptime: uptime)
        (database, lock, condition) = (opened.database, opened.lock, opened.condition)
        (runs, beginning) = (opened.runs, opened.beginning)
        self.settings = settings
        (checkpointer, watch) = (opened.checkpointer, opened.watch)
        writer = GroupCommit(opened, settings: settings, log: log, now: now, uptime: uptime, announce: announce)
        writer.start()
    }

    var unansweredWrites: Int { writer.unanswered }
    /// The writer's counters after the last group of writes.
    public var counters: WriterCounters { writer.counters }

    /// What works and what does not, now. Touches neither the disk nor the database.
    public var checks: [HealthCheck] {
        var wal = HealthCheck("wal")
        if let time = checkpointer?.largeFor {
            (wal.status, wal.reason, wal.since) = (.warning, "large", time)
            wal.detail = "the write-ahead log is large; perhaps another process reads the database and does not end"
        }
        return [
            HealthCheck("writes", of: log.writes, counting: true), HealthCheck("reads", of: log.reads), wal,
            HealthCheck("chores", of: log.chores), HealthCheck("checkpoints", of: log.checkpoints),
        ]
    }

    /// The sizes of the database's file and of its write-ahead log's, in bytes; nil in memory.
    public var size: (database: Int, log: Int)? {
        condition.path.map { (Checkpointer.size(of: $0), Checkpointer.size(ofLogOf: $0)) }
    }

    /// When the oldest event that the log still holds, of whichever tenant, was written; nil when there is none, or when the
    /// log can't be read now.
    public func oldestEvent() async -> Timestamp? {
        (try? await look { try EventTable.oldestTime(in: $0) }) ?? nil
    }

    public func write(
        _ command: Command, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<Written> {
        try await withCheckedContinuation { done in
            submit(command, by: author, once: once) { done.resume(returning: $0) }
        }.get()
    }

    public func submit(
        _ command: Command, by author: Principal, once: IdempotencyKey?,
        answer: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void
    ) {
        writer.submit(command, by: author, once: once, reply: answer)
    }

    public var outage: StoreFailure? { watch?.loss == nil ? nil : .lost }

    public func boards(for author: Principal) async throws(BoardError) -> [Board] {
        try await read(author.tenant) { try $0.boards(.all, for: author) }
    }

    public func board(_ id: BoardID, for author: Principal) async throws(BoardError) -> Board {
        try await read(author.tenant) { try $0.boards(.only([id]), for: author)[0] }
    }

    public func task(_ id: Int, for author: Principal) async throws(BoardError) -> BoardTask {
        try author.seen(try await read(author.tenant) { try $0.task(id) }, id)
    }

    public func find(
        _ task: Int, for author: Principal, found: @escaping @Sendable (Result<BoardTask, BoardError>) -> Void
    ) {
        let retention = settings.retention[author.tenant]
        do { try watch?.check() } catch { return found(.failure(noted(error))) }
        database.asyncRead { [self, runs, beginning] db in
            do {
                let tenant = try TenantReader(
                    author.tenant, runs: runs, beginning: beginning, retention: retention, in: db.get())
                let row = try tenant.task(task)
                log.reads.succeed()
                found(Result { () throws(BoardError) in try author.seen(row, task) })
            } catch { found(.failure(noted(error))) }
        }
    }

    public func tasks(_ query: TaskQuery, for author: Principal) async throws(BoardError) -> TaskPage {
        var search = try await read(author.tenant) { tenant in
            let boards = try tenant.boards(query.boards, for: author)
            var search = TaskSearch(query, on: Set(boards.map(\.id)))
            try tenant.step(&search)
            return search
        }
        while !search.isDone {
            search = try await read(author.tenant) { [search] tenant in
                var search = search
                try tenant.step(&search)
                return search
            }
        }
        return search.page
    }

    public func snapshot(
        of boards: Selection.Boards, for author: Principal, into receiver: some SnapshotReceiver
    ) async throws(BoardError) {
        try await read(author.tenant) { try $0.snapshot(of: boards, for: author, into: receiver) }
    }

    public func newestTasks(
        in status: String, on boards: Selection.Boards, of tenant: TenantID, count: Int
    ) async throws(BoardError) -> NewestTasks {
        try await read(tenant) { try $0.newestTasks(in: status, on: boards, count: count) }
    }

    public func job(_ id: JobID, for author: Principal) async throws(BoardError) -> JobSnapshot {
        let found = try await read(author.tenant) { tenant in
            try tenant.job(id).map { JobSnapshot(job: $0, cursor: try tenant.bounds().cursor) }
        }
        guard let found, author.sees(found.job) else { throw .notFound(.job(id)) }
        return found
    }

    public func jobs(_ query: JobQuery, for author: Principal) async throws(BoardError) -> JobPage {
        try await read(author.tenant) { try $0.jobs(query, for: author) }
    }

    public func openJobs() async throws(BoardError) -> [OpenJob] { try await look { try JobTable.open(in: $0) } }

    public func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID> {
        try await readLog(tenant) { try $0.boardIDs() }
    }

    public func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds {
        try await readLog(tenant) { try $0.bounds() }
    }

    public func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws(StoreFailure) -> LogPage {
        let read = try await readLog(tenant) {
            try $0.page(after: seq, selection: selection, count: count, bytes: bytes)
        }
        if let hole = read.hole { log.reads.note(StoreFailure(hole)) }
        return read.page
    }

    public func newest(
        of tenant: TenantID, selection: Selection, count: Int
    ) async throws(StoreFailure) -> LogPage {
        try await readLog(tenant) { try $0.newest(selection: selection, count: count) }
    }

    public func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
        try await readLog(tenant) { try $0.tail(count: count, bytes: bytes) }
    }

    /// Also folds the write-ahead log into the file and releases the lock on it.
    public func close() async {
        await writer.close()
        watch?.close()
        log.closing("the checkpointer") { try checkpointer?.close() }
        do {
            try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        } catch {
            log.closing("the last checkpoint") { throw error }
        }
        log.closing("the database") { try database.close() }
        lock?.release()
    }

    // MARK: Transactions

    private func read<Value: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader) throws -> Value
    ) async throws(BoardError) -> Value {
        do { return try await transaction(tenant, body) } catch { throw noted(error) }
    }

    /// The same, for reads that can't be refused.
    private func readLog<Value: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader) throws -> Value
    ) async throws(StoreFailure) -> Value {
        do { return try await transaction(tenant, body) } catch {
            let failure = StoreFailure(error)
            log.reads.note(failure)
            throw failure
        }
    }

    /// One read transaction about every tenant, away from the caller's thread.
    func look<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(BoardError) -> Value {
        do {
            try watch?.check()
            return try await database.read(body)
        } catch { throw noted(error) }
    }

    /// One read transaction, away from the caller's thread.
    private func transaction<Value: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader) throws -> Value
    ) async throws -> Value {
        try watch?.check()
        let retention = settings.retention[tenant]
        let value = try await database.read { [runs, beginning] db in
            try body(TenantReader(tenant, runs: runs, beginning: beginning, retention: retention, in: db))
        }
        log.reads.succeed()
        return value
    }

    private func noted(_ error: any Error) -> BoardError {
        let error = BoardError(storage: error)
        if let failure = error.failure { log.reads.note(failure) }
        return error
    }
}

extension Principal {
    /// - Throws: ``BoardError/notFound(_:)`` without a task, and ``BoardError/forbidden`` for one that this may not see.
    fileprivate func seen(_ task: BoardTask?, _ id: Int) throws(BoardError) -> BoardTask {
        guard let task else { throw .notFound(.task(id)) }
        try require(task.board)
        return task
    }
}
