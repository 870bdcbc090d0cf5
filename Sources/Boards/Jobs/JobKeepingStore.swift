public import Events

/// A store that reports every write of a job to the ``JobKeeper``, whichever route it came by.
///
/// The gateway gets only this store, so that no write of a job can bypass the keeper, and no reader is shown a job as
/// going on of which the keeper knows that it failed. All other calls are forwarded to the keeper's store unchanged.
public struct JobKeepingStore: BoardStore {
    private let store: any BoardStore
    private let jobs: JobKeeper

    /// - Parameter jobs: must be loaded before the first write.
    public init(_ jobs: JobKeeper) {
        self.jobs = jobs
        store = jobs.store
    }

    public func write(
        _ command: Command, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<Written> {
        let commit = try await store.write(command, by: author, once: once)
        if case .job(let row) = commit.subject { jobs.note(row, of: author.tenant) }
        return commit
    }

    public func submit(
        _ command: Command, by author: Principal, once: IdempotencyKey?,
        answer: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void
    ) {
        store.submit(command, by: author, once: once) { [jobs] result in
            if case .success(let commit) = result, case .job(let row) = commit.subject {
                jobs.note(row, of: author.tenant)
            }
            answer(result)
        }
    }

    public var outage: StoreFailure? { store.outage }

    public func close() async { await store.close() }

    // MARK: Reading

    public var epoch: Epoch { store.epoch }

    public func boards(for author: Principal) async throws(BoardError) -> [Board] {
        try await store.boards(for: author)
    }

    public func board(_ id: BoardID, for author: Principal) async throws(BoardError) -> Board {
        try await store.board(id, for: author)
    }

    public func task(_ id: Int, for author: Principal) async throws(BoardError) -> BoardTask {
        try await store.task(id, for: author)
    }

    public func find(
        _ task: Int, for author: Principal, found: @escaping @Sendable (Result<BoardTask, BoardError>) -> Void
    ) {
        store.find(task, for: author, found: found)
    }

    public func tasks(_ query: TaskQuery, for author: Principal) async throws(BoardError) -> TaskPage {
        try await store.tasks(query, for: author)
    }

    public func snapshot(
        of boards: Selection.Boards, for author: Principal, into receiver: some SnapshotReceiver
    ) async throws(BoardError) {
        try await store.snapshot(of: boards, for: author, into: receiver)
    }

    public func newestTasks(
        in status: String, on boards: Selection.Boards, of tenant: TenantID, count: Int
    ) async throws(BoardError) -> NewestTasks {
        try await store.newestTasks(in: status, on: boards, of: tenant, count: count)
    }

    public func job(_ id: JobID, for author: Principal) async throws(BoardError) -> JobSnapshot {
        let found = try await store.job(id, for: author)
        return JobSnapshot(job: jobs.shown(found.job, of: author.tenant), cursor: found.cursor)
    }

    public func jobs(_ query: JobQuery, for author: Principal) async throws(BoardError) -> JobPage {
        let page = try await store.jobs(query, for: author)
        let shown = page.items.map { jobs.shown($0, of: author.tenant) }
        return JobPage(items: shown.filter(query.matches), next: page.next)
    }

    public func openJobs() async throws(BoardError) -> [OpenJob] { try await store.openJobs() }

    public func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID> {
        try await store.boardIDs(of: tenant)
    }

    public func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds {
        try await store.bounds(of: tenant)
    }

    public func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws(StoreFailure) -> LogPage {
        try await store.page(of: tenant, after: seq, selection: selection, count: count, bytes: bytes)
    }

    public func newest(
        of tenant: TenantID, selection: Selection, count: Int
    ) async throws(StoreFailure) -> LogPage {
        try await store.newest(of: tenant, selection: selection, count: count)
    }

    public func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
        try await store.tail(of: tenant, count: count, bytes: bytes)
    }
}
