public import Boards
public import Events
import Synchronization

/// A ``BoardStore`` that forgets when the process ends: the twin that tests run beside the real ones.
public actor MemoryBoardStore: BoardStore {
    public let epoch = Epoch.random()
    private let beginning: Timestamp
    private let retention: Retention
    private let now: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Uptime
    private var ages: AgeClock
    private let announce: @Sendable ([Event]) -> Void
    private var tenants: [TenantID: MemoryTenant] = [:]
    private var isClosed = false
    private let decidesOnFacts: Bool
    private let trouble = Mutex<(failure: StoreFailure?, failed: Int)>((nil, 0))

    /// - Parameters:
    ///   - announce: called with the events of each write, from one place at a time; must not block.
    ///   - decidesOnFacts: whether the gate is given facts instead of the rows themselves.
    public init(
        retention: Retention = Retention(), now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Uptime = Uptime.nowWithSleep,
        announce: @escaping @Sendable ([Event]) -> Void = { _ in }, decidesOnFacts: Bool = false
    ) {
        self.decidesOnFacts = decidesOnFacts
        self.retention = retention
        self.now = now
        self.uptime = uptime
        ages = AgeClock(
            nil, wall: now(), uptime: uptime(), longest: max(retention.age, IdempotencyKey.lifetime))
        self.announce = announce
        beginning = now()
    }

    /// Writes that failed because a test said so.
    public nonisolated var failedWrites: Int { trouble.withLock { $0.failed } }

    /// Lets every write fail, until it is called with nil.
    public nonisolated func fail(_ failure: StoreFailure?) { trouble.withLock { $0.failure = failure } }

    public func write(
        _ command: Command, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<Written> {
        guard !isClosed else { throw .failed(.closed) }
        let failure = trouble.withLock { trouble in
            if trouble.failure != nil { trouble.failed += 1 }
            return trouble.failure
        }
        if let failure { throw .failed(failure) }
        let time = now()
        _ = ages.advance(wall: time, uptime: uptime())
        // Taken out, so that changing it copies nothing.
        var rows = tenants.removeValue(forKey: author.tenant) ?? tenant(author.tenant)
        defer { tenants[author.tenant] = rows }
        if decidesOnFacts {
            let decision = try rows.decide(
                [Write(command, by: author, once: once)], now: time, forgotten: ages.cutoff(IdempotencyKey.lifetime))
            let commit = try decision.results[0].get()
            rows.apply(decision.changes)
            rows.trim(retention, by: ages)
            if !decision.changes.events.isEmpty { announce(decision.changes.events) }
            return commit
        }
        var gate = Gate(author: author, once: once, now: time, forgotten: ages.cutoff(IdempotencyKey.lifetime))
        let commit = try gate.perform(command, in: &rows)
        rows.trim(retention, by: ages)
        if !gate.events.isEmpty { announce(gate.events) }
        return commit
    }

    public func boards(for author: Principal) async throws(BoardError) -> [Board] {
        tenant(author.tenant).boards.values.filter { author.boards.contains($0.id) }.sorted { $0.id < $1.id }
    }

    public func board(_ id: BoardID, for author: Principal) async throws(BoardError) -> Board {
        guard let board = tenant(author.tenant).boards[id] else { throw .notFound(.board(id)) }
        try author.require(id)
        return board
    }

    public func task(_ id: Int, for author: Principal) async throws(BoardError) -> BoardTask {
        guard let task = tenant(author.tenant).tasks[id] else { throw .notFound(.task(id)) }
        try author.require(task.board)
        return task
    }

    public func tasks(_ query: TaskQuery, for author: Principal) async throws(BoardError) -> TaskPage {
        let rows = tenant(author.tenant)
        let boards = Set(try rows.visibleBoards(query.boards, to: author).map(\.id))
        let start = query.after?.id ?? 0
        let found = rows.tasks.values
            .filter { $0.id > start && boards.contains($0.board) && query.matches($0) }
            .sorted { $0.id < $1.id }
        let items = Array(found.prefix(query.limit))
        return TaskPage(items: items, next: found.count > items.count ? PageMark(id: items.last!.id) : nil)
    }

    public func snapshot(
        of boards: Selection.Boards, for author: Principal, into receiver: some SnapshotReceiver
    ) async throws(BoardError) {
        let rows = tenant(author.tenant)
        let visible = try rows.visibleBoards(boards, to: author)
        try receiver.begin(visible, at: Cursor(seq: rows.head, epoch: epoch))
        for board in visible {
            for status in board.statuses {
                for task in rows.tasks(in: BoardColumn(board: board.id, status: status)) { try receiver.take(task) }
            }
        }
    }

    public func newestTasks(
        in status: String, on boards: Selection.Boards, of tenant: TenantID, count: Int
    ) async throws(BoardError) -> NewestTasks {
        let rows = self.tenant(tenant)
        let tasks = rows.tasks.values.filter { $0.status == status && boards.contains($0.board) }
        return NewestTasks(tasks, count: count, cursor: Cursor(seq: rows.head, epoch: epoch))
    }

    public func job(_ id: JobID, for author: Principal) async throws(BoardError) -> JobSnapshot {
        let rows = tenant(author.tenant)
        guard let row = rows.job(id), author.sees(row.job) else { throw .notFound(.job(id)) }
        return JobSnapshot(job: row.job, cursor: Cursor(seq: rows.head, epoch: epoch))
    }

    public func jobs(_ query: JobQuery, for author: Principal) async throws(BoardError) -> JobPage {
        let rows = tenant(author.tenant)
        if let board = query.board { _ = try rows.visibleBoards(.only([board]), to: author) }
        let found = rows.jobs
            .filter { number, row in
                number < query.before ?? .max && author.sees(row.job) && query.matches(row.job)
            }
            .sorted { $0.key > $1.key }
        var page = JobPage.Gathering(query)
        for (number, row) in found {
            guard page.takes(row.job, number: number) else { break }
        }
        return page.page
    }

    public func openJobs() async throws(BoardError) -> [OpenJob] {
        tenants.values.flatMap { rows in
            rows.jobs.values.filter { !$0.job.status.isFinal }.map { OpenJob($0, of: rows.tenant) }
        }
    }

    public func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID> {
        Set(self.tenant(tenant).boards.keys)
    }

    public func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds { bounds(of: self.tenant(tenant)) }

    public func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws(StoreFailure) -> LogPage {
        let rows = self.tenant(tenant)
        let bounds = bounds(of: rows)
        var events: [Event] = []
        var size = 0
        var end = min(max(seq, bounds.oldest - 1), bounds.head)
        for event in rows.events(after: end) {
            if selection.shows(event) {
                guard events.count < count, events.isEmpty || size + event.json.count <= bytes else { break }
                events.append(event)
                size += event.json.count
            }
            end = event.seq
        }
        return LogPage(events: events, end: end, bounds: bounds)
    }

    public func newest(of tenant: TenantID, selection: Selection, count: Int) async throws(StoreFailure) -> LogPage {
        let rows = self.tenant(tenant)
        let bounds = bounds(of: rows)
        let shown = rows.events(after: bounds.oldest - 1).filter(selection.shows)
        var size = 0
        let newest = shown.suffix(count).reversed().enumerated().prefix { index, event in
            size += event.json.count
            return index == 0 || size <= LogPage.newestBytes
        }
        return LogPage(events: newest.map(\.element).reversed(), end: bounds.head, bounds: bounds)
    }

    public func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
        let rows = self.tenant(tenant)
        let bounds = bounds(of: rows)
        var size = 0
        let end = rows.events(after: bounds.oldest - 1).suffix(count).reversed().prefix { event in
            size += event.json.count
            return size <= bytes
        }
        return LogPage(events: end.reversed(), end: bounds.head, bounds: bounds)
    }

    public nonisolated var outage: StoreFailure? { nil }

    public func close() async { isClosed = true }

    private func tenant(_ id: TenantID) -> MemoryTenant {
        tenants[id] ?? MemoryTenant(tenant: id, epoch: epoch, main: .main(since: beginning))
    }

    private func bounds(of rows: MemoryTenant) -> LogBounds {
        LogBounds(
            epochs: Epochs(epoch), head: rows.head, oldest: retention.oldest(stored: rows.oldest, head: rows.head))
    }
}
