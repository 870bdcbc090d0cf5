public import Boards
public import Events
import GRDB

/// Boards, tasks and the log in one SQLite file: one writer that commits in groups, readers beside it (WAL).
public final class SQLiteBoardStore: BoardStore {
    public let epoch: Epoch
    let database: any DatabaseWriter
    private let file: DatabaseFile?
    private let checkpointer: Checkpointer?
    private let writer: GroupCommit
    private let beginning: Timestamp
    let settings: StoreSettings

    /// Opens the database, making it and bringing its schema up to date where needed. Blocks: for start-up only.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - announce: called once per commit, on the writer's own thread, after the commit is on disk and before its
    ///     writes are answered, with the events in number order; must not block.
    public init(
        _ location: DatabaseLocation, settings: StoreSettings = StoreSettings(), now: @escaping @Sendable () -> Int,
        announce: @escaping @Sendable ([Event]) -> Void
    ) throws(SQLiteStoreError) {
        let opened = try DatabaseFile.open(location, settings: settings, now: now())
        (database, file) = (opened.database, opened.file)
        (epoch, beginning) = (opened.epoch, opened.beginning)
        self.settings = settings
        checkpointer = opened.checkpointer
        writer = GroupCommit(opened, settings: settings, now: now, announce: announce)
        writer.start()
    }

    var unansweredWrites: Int { writer.unanswered }

    public func write(
        _ command: Command, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit {
        try await writer.write(command, by: author, once: once)
    }

    public func boards(for author: Principal) async throws(BoardError) -> [Board] {
        try await read(author.tenant) { try $0.boards(.all, for: author) }
    }

    public func board(_ id: BoardID, for author: Principal) async throws(BoardError) -> Board {
        try await read(author.tenant) { try $0.boards(.only([id]), for: author)[0] }
    }

    public func task(_ id: Int, for author: Principal) async throws(BoardError) -> BoardTask {
        let task = try await read(author.tenant) { try $0.task(id) }
        guard let task else { throw .notFound(.task(id)) }
        try author.require(task.board)
        return task
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
        of boards: Selection.Boards, for author: Principal
    ) async throws(BoardError) -> BoardSnapshot {
        try await read(author.tenant) { try $0.snapshot(of: boards, for: author) }
    }

    public func newestTasks(
        in status: String, count: Int, for author: Principal
    ) async throws(BoardError) -> NewestTasks {
        try await read(author.tenant) { try $0.newestTasks(in: status, count: count, for: author) }
    }

    public func job(_ id: JobID, for author: Principal) async throws(BoardError) -> JobSnapshot {
        let found = try await read(author.tenant) { tenant in
            try tenant.job(id).map { JobSnapshot(job: $0, cursor: tenant.bounds.cursor) }
        }
        guard let found, author.sees(found.job) else { throw .notFound(.job(id)) }
        return found
    }

    public func jobs(_ query: JobQuery, for author: Principal) async throws(BoardError) -> JobPage {
        try await read(author.tenant) { try $0.jobs(query, for: author) }
    }

    public func openJobs() async throws(BoardError) -> [OpenJob] {
        do { return try await database.read { try JobTable.open(in: $0) } } catch { throw BoardError(storage: error) }
    }

    public func bounds(of tenant: TenantID) async throws -> LogBounds {
        try await read(tenant) { $0.bounds }
    }

    public func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws -> LogPage {
        try await read(tenant) { try $0.page(after: seq, selection: selection, count: count, bytes: bytes) }
    }

    public func newest(of tenant: TenantID, selection: Selection, count: Int) async throws -> LogPage {
        try await read(tenant) { try $0.newest(selection: selection, count: count) }
    }

    public func tail(of tenant: TenantID, count: Int, bytes: Int) async throws -> LogPage {
        try await read(tenant) { try $0.tail(count: count, bytes: bytes) }
    }

    /// Also folds the write-ahead log into the file, and lets another process have it.
    public func close() async {
        await writer.close()
        checkpointer?.close()
        try? await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try? database.close()
        file?.unlock()
    }

    /// One read transaction, away from the caller's thread.
    private func read<Value: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader) throws -> Value
    ) async throws(BoardError) -> Value {
        let retention = settings.retention(of: tenant)
        do {
            return try await database.read { [epoch, beginning] db in
                try body(TenantReader(tenant, epoch: epoch, beginning: beginning, retention: retention, in: db))
            }
        } catch { throw BoardError(storage: error) }
    }
}
