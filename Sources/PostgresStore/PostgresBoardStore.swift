public import Boards
public import Events
public import Logging

/// Boards, tasks and the log in a PostgreSQL, which several gateways may share: writers that commit in groups, and
/// concurrent readers.
public final class PostgresBoardStore: BoardStore {
    public var epoch: Epoch { runs.newest.epoch }
    /// Hosts and name of the database, for messages.
    public let place: String
    /// Whether the tables were made by this start.
    public let isNew: Bool
    let settings: PostgresSettings
    let log: WorkLog
    let pool: ReaderPool
    let gateways: PostgresNodeStore
    /// What the gateways on this database tell each other.
    public var nodeStore: any NodeStore { gateways }
    /// How this node wakes the others, and is woken.
    public let wakes: Wakes
    private let writers: [GroupWriter]
    private let counted = SharedCounters()
    private let runs: KnownRuns
    private let context: TenantReader.Context

    /// Connects, makes the tables or brings them up to date, and begins a run of the log. Blocks: for start-up only.
    ///
    /// - Parameters:
    ///   - direct: where notifications come, if `place` leads through a pooler.
    ///   - logger: gets failures: what failed, with PostgreSQL's SQLSTATE.
    ///   - now: the time of day, which what is written bears.
    ///   - uptime: a clock that only goes forward, by which what is written ages.
    ///   - announce: called after each commit of this store and before its writes are answered, with the events in number
    ///     order, from one thread at a time; must not block.
    public init(
        _ place: PostgresPlace, direct: PostgresPlace? = nil, settings: PostgresSettings = PostgresSettings(),
        logger: Logger = Logger(label: "boardcast.store"), now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Uptime = Uptime.nowWithSleep,
        announce: @escaping @Sendable ([Event]) -> Void
    ) throws(PostgresError) {
        let log = WorkLog(logger, uptime: uptime)
        let deadline = Uptime.now() + Self.startTime
        let connection = try Connection(place, by: deadline)
        try Schema.prepare(connection, place: place.name, now: now(), by: deadline)
        let runs = KnownRuns(try Schema.begin(connection, by: deadline))
        let found = try connection.run(
            [Statement("SELECT value FROM boardcast.meta WHERE name = 'beginning'")], by: deadline)
        guard
            let beginning = try found[0].first(of: "meta", { row throws(PostgresError) in try row.time(0) })
        else { throw .unreadable(table: "meta") }
        let ages = try AgeTable.memory(at: now(), on: connection, by: deadline)
        let clock = StoreClock(ages, longest: settings.longestAge, log: log, now: now, uptime: uptime)
        let pool = ReaderPool(place, settings)
        let wakes = Wakes(place, direct: direct, settings, pool, runs, logger: logger)
        let announcer = Announcer { events in
            announce(events)
            wakes.tell(events)
        }
        let shared = GroupWriter.Shared(
            place: place, settings: settings, beginning: beginning, log: log, clock: clock, now: now, counted: counted,
            announcer: announcer, runs: runs)
        (self.place, self.settings, self.log, self.runs) = (place.name, settings, log, runs)
        isNew = ages == nil
        writers = (0..<settings.writers).map { GroupWriter($0, shared) }
        (self.pool, self.wakes) = (pool, wakes)
        gateways = PostgresNodeStore(place, settings, readers: pool, wakes: wakes, log: log)
        context = TenantReader.Context(
            beginning: beginning, runs: runs, retention: settings.retention, answerTime: settings.answerTime)
        for writer in writers { writer.start() }
        wakes.start()
    }

    /// From now on `follower` is told what other nodes have committed of the logs that it keeps.
    public func follow(_ follower: any LogFollower) { wakes.follow(follower) }

    /// How long a start waits for the database: longer than a start of it takes.
    private static let startTime = Duration.seconds(30)

    /// The writers' counters after the last groups of writes.
    public var counters: WriterCounters {
        writers.reduce(into: counted.current) { $1.count(in: &$0) }
    }

    /// What works and what does not, now. Does not ask the database.
    public var checks: [HealthCheck] {
        [
            HealthCheck("writes", of: log.writes, counting: true), HealthCheck("reads", of: log.reads),
            HealthCheck("chores", of: log.chores), wakes.check,
        ]
    }

    /// When the oldest event that the log still holds, of whichever tenant, was written; nil when there is none, or when it
    /// can't be read now.
    public func oldestEvent() async -> Timestamp? {
        let found = try? await look { connection, deadline in
            try connection.run(
                [
                    Statement(
                        """
                        SELECT min(e.at) FROM boardcast.tenants t JOIN boardcast.events e ON e.tenant = t.number AND e.seq = t.oldest
                        """)
                ], by: deadline)[0].first(of: "events") { row throws(PostgresError) in try row.timeIfAny(0) }
        }
        return found.flatMap { $0 }.flatMap { $0 }
    }

    /// The database has no files that can be lost; while it is away, each call fails with
    /// ``Events/StoreFailure/unreachable(retryAfter:)``.
    public var outage: StoreFailure? { nil }

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
        writers[Int(author.tenant.stableHash) % writers.count].submit(
            Write(command, by: author, once: once), reply: answer)
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
        try await read(author.tenant) { tenant in
            let boards = Set(try tenant.boards(query.boards, for: author).map(\.id))
            var (found, size, position) = ([BoardTask](), 0, query.after?.id ?? 0)
            func isFull() -> Bool { found.count > query.limit || found.count > 1 && size > TaskPage.mostBytes }
            while !isFull(), !boards.isEmpty {
                let next = try tenant.tasks(query, on: boards, above: position, count: Self.slice)
                for task in next where !isFull() && query.matches(task) {
                    found.append(task)
                    size += task.footprint
                }
                guard next.count == Self.slice, let last = next.last else { break }
                position = last.id
            }
            // The last one found may be there only to show that there is more.
            let items = Array(isFull() && found.count > 1 ? found.dropLast() : found[...])
            return TaskPage(
                items: items, next: found.count > items.count ? items.last.map { PageMark(id: $0.id) } : nil)
        }
    }

    /// Tasks that are read at once in a search.
    private static let slice = 201

    public func snapshot(
        of boards: Selection.Boards, for author: Principal, into receiver: some SnapshotReceiver
    ) async throws(BoardError) {
        try await read(author.tenant) { tenant in
            let boards = try tenant.boards(boards, for: author)
            try receiver.begin(boards, at: tenant.bounds.cursor)
            do {
                for board in boards {
                    for status in board.statuses {
                        try tenant.tasks(in: BoardColumn(board: board.id, status: status)) { try receiver.take($0) }
                    }
                }
            } catch let error as PostgresError {
                // It has begun, so it can't be tried on another connection.
                throw StoreFailure(error)
            }
        }
    }

    public func newestTasks(
        in status: String, on boards: Selection.Boards, of tenant: TenantID, count: Int
    ) async throws(BoardError) -> NewestTasks {
        try await read(tenant) { tenant in
            var (tasks, isCut) = ([BoardTask](), false)
            for board in try tenant.all() where boards.contains(board.id) && board.statuses.contains(status) {
                let newest = try tenant.newest(in: BoardColumn(board: board.id, status: status), count: count)
                (tasks, isCut) = NewestTasks.newest(tasks + newest.tasks, count: count, isCut: isCut || newest.isCut)
            }
            return NewestTasks(tasks, count: count, isCut: isCut, cursor: tenant.bounds.cursor)
        }
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

    /// Unreadable ones are left out: no worker could report on them either.
    public func openJobs() async throws(BoardError) -> [OpenJob] {
        try await look { connection, deadline in
            let rows = try connection.run(
                [
                    Statement(
                        """
                        SELECT \(JobTable.columns), (SELECT t.name FROM boardcast.tenants t WHERE t.number = jobs.tenant)
                        FROM boardcast.jobs WHERE \(JobTable.isOpen)
                        """)
                ], by: deadline)[0]
            return (0..<rows.count).compactMap { row in
                let reader = rows.reader(row, of: "jobs")
                guard let job = try? JobTable.job(reader), let tenant = try? reader.value(17, TenantID.init) else {
                    return nil
                }
                return OpenJob(job.row, of: tenant)
            }
        }
    }

    public func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID> {
        try await readLog(tenant) { tenant, _, _ in Set(try tenant.all().map(\.id)) }
    }

    public func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds {
        try await readLog(tenant) { tenant, _, _ in tenant.bounds }
    }

    public func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws(StoreFailure) -> LogPage {
        let first = TenantReader.events(
            of: tenant, next: seq, backwards: false, count: min(count + 1, TenantReader.piece), bytes: bytes)
        return try await readLog(tenant, asking: [first]) { tenant, answers, connection in
            try tenant.page(
                after: seq, selection: selection, count: count, bytes: bytes, first: answers[answers.startIndex],
                on: connection)
        }
    }

    public func newest(
        of tenant: TenantID, selection: Selection, count: Int
    ) async throws(StoreFailure) -> LogPage {
        try await readLog(tenant) { tenant, _, connection in
            try tenant.newest(selection, count: count, bytes: LogPage.newestBytes, whole: true, on: connection)
        }
    }

    public func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage {
        let first = TenantReader.events(
            of: tenant, next: RowReader.highest + 1, backwards: true, count: min(count, TenantReader.piece),
            bytes: bytes)
        return try await readLog(tenant, asking: [first]) { tenant, answers, connection in
            try tenant.newest(
                nil, count: count, bytes: bytes, whole: false, first: answers[answers.startIndex], on: connection)
        }
    }

    public func close() async {
        for writer in writers { await writer.close() }
        await gateways.close()
        await wakes.close()
        await pool.close()
    }

    // MARK: Reading

    private func read<Value: Sendable>(
        _ tenant: TenantID, _ body: @escaping @Sendable (TenantReader) throws -> Value
    ) async throws(BoardError) -> Value {
        do {
            let value = try await pool.run { [context] connection in
                try TenantReader.read(tenant, context, on: connection) { tenant, _ in try body(tenant) }
            }
            log.reads.succeed()
            return value
        } catch { throw noted(error) }
    }

    /// The same, for reads that can't be refused.
    private func readLog<Value: Sendable>(
        _ tenant: TenantID, asking statements: [Statement] = [],
        _ body: @escaping @Sendable (TenantReader, ArraySlice<Rows>, Connection) throws -> Value
    ) async throws(StoreFailure) -> Value {
        do {
            let value = try await pool.run { [context] connection in
                try TenantReader.read(tenant, context, on: connection, asking: statements) {
                    try body($0, $1, connection)
                }
            }
            log.reads.succeed()
            return value
        } catch {
            let failure = StoreFailure(error)
            log.reads.note(failure)
            throw failure
        }
    }

    /// Statements about every tenant, away from the caller's thread.
    func look<Value: Sendable>(
        _ body: @escaping @Sendable (Connection, _ deadline: Uptime) throws -> Value
    ) async throws(BoardError) -> Value {
        do {
            return try await pool.run { [settings] in try body($0, .now() + settings.answerTime) }
        } catch { throw noted(error) }
    }

    private func noted(_ error: any Error) -> BoardError {
        let error = BoardError(storage: error)
        if let failure = error.failure { log.reads.note(failure) }
        return error
    }
}
