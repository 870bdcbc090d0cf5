import Boards
import Dispatch
import Events
import Foundation
import GRDB
import Synchronization

/// The one thread that writes: it takes all writes that queued during the last commit, performs each in its own
/// savepoint, commits them together, announces their events, and only then answers.
///
/// There is no timer: a single write is committed at once, and groups grow with the load. A refused write does not
/// affect the others of its group; a failed commit fails all of them and announces nothing, and the next group is
/// tried.
final class GroupCommit: Sendable {
    static let groupLimit = 512
    /// How long no write must arrive before chores are run, and the time between two rounds of them.
    private static let quiet = Duration.milliseconds(200)
    private static let pause = Duration.seconds(60)
    /// How often it is tried, while writes fail and nobody writes, whether they go on.
    private static let probes = Duration.seconds(1)
    /// How old the ages may be that the process after this one begins with.
    private static let agesKept = Duration.seconds(3600)
    /// Under constant load, chores run one step after this many commits.
    private static let commitsPerChore = 256

    private let database: any DatabaseWriter
    private let settings: StoreSettings
    private let thisRun: Run
    private let beginning: Timestamp
    private let ages: AgeClock
    private let now: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Uptime
    private let announce: @Sendable ([Event]) -> Void
    private let checkpointer: Checkpointer?
    private let watch: DatabaseWatch?
    private let log: StoreLog
    /// Nil in memory.
    private let path: String?
    private let queue: WriteQueue
    private let counted = Mutex(WriterCounters())
    private let ended = DispatchGroup()

    init(
        _ opened: DatabaseFile.Opened, settings: StoreSettings, log: StoreLog,
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Uptime,
        announce: @escaping @Sendable ([Event]) -> Void
    ) {
        database = opened.database
        thisRun = opened.runs.current
        beginning = opened.beginning
        (checkpointer, watch) = (opened.checkpointer, opened.watch)
        path = opened.condition.path
        self.settings = settings
        self.log = log
        self.now = now
        self.uptime = uptime
        ages = AgeClock(opened.ages, wall: now(), uptime: uptime(), longest: settings.longestAge)
        self.announce = announce
        queue = WriteQueue(limit: settings.queueLimit, limitPerTenant: settings.queueLimitPerTenant)
        if let step = ages.stepAtStart { log.clockSet(by: step, atStart: true) }
    }

    var unanswered: Int { queue.unanswered }

    var counters: WriterCounters {
        var counters = counted.withLock { $0 }
        queue.count(in: &counters)
        return counters
    }

    func start() {
        ended.enter()
        let thread = Thread { [self] in
            run()
            ended.leave()
        }
        thread.name = "board-writer"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Calls `reply` when the write's group is on disk and announced, on the thread that writes; or at once, when there is
    /// no room for the write.
    func submit(
        _ command: Command, by author: Principal, once: IdempotencyKey?,
        reply: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void
    ) {
        let write = PendingWrite(command: command, author: author, once: once, since: .now, reply: reply)
        guard let refusal = queue.put(write) else { return }
        if case .failed(.busy(let delay)) = refusal { log.writes.fail(.busy(retryAfter: delay), because: .queueFull) }
        reply(.failure(refusal))
    }

    /// Finishes the queued writes, then ends the thread.
    func close() async {
        queue.close()
        await withCheckedContinuation { done in
            ended.notify(queue: .global()) { done.resume() }
        }
    }

    private func run() {
        var chores = Chores(settings)
        var choresAt = ContinuousClock.now
        var ages = ages
        var saved: AgeClock.Memory?
        var patience = Self.quiet
        var commits = 0
        var recovery = Recovery(of: database, at: path, log: log)
        while true {
            switch queue.take(Self.groupLimit, patience: patience) {
            case .writes(let group):
                advance(&ages)
                commit(group, forgotten: ages.cutoff(IdempotencyKey.lifetime))
                if log.writes.isFailing { recovery.relieveDisk() }
                checkpointer?.commit()
                patience = Self.quiet
                choresAt = .now
                commits += 1
                if commits % Self.commitsPerChore == 0 { _ = step(&chores, by: ages) }
            case .idle:
                advance(&ages)
                var isMore = false
                if ContinuousClock.now >= choresAt {
                    isMore = step(&chores, by: ages)
                    if !isMore {
                        keep(ages, &saved)
                        choresAt = .now + Self.pause
                    }
                }
                if !isMore { recovery.probe(saving: ages) }
                patience = isMore ? .milliseconds(1) : log.writes.isFailing ? Self.probes : Self.pause
            case .closed:
                save(ages)
                return
            }
        }
    }

    /// - Returns: whether there is more to do. A chore that fails is left for the next round.
    private func step(_ chores: inout Chores, by ages: AgeClock) -> Bool {
        if watch?.loss != nil { return false }
        do {
            let isMore = try database.writeWithoutTransaction { try chores.step(by: ages, in: $0) }
            log.chores.succeed()
            return isMore
        } catch {
            log.note(StoreFailure(error), of: log.chores)
            return false
        }
    }

    private func advance(_ ages: inout AgeClock) {
        if let step = ages.advance(wall: now(), uptime: uptime()) { log.clockSet(by: step) }
    }

    /// Saves the ages when the wall was set, and now and then.
    private func keep(_ ages: AgeClock, _ saved: inout AgeClock.Memory?) {
        let memory = ages.memory
        if let saved, saved.stretches == memory.stretches, memory.time - saved.time < Self.agesKept { return }
        if save(ages) { saved = memory }
    }

    /// - Returns: whether they are saved. If not, they are saved later, and the process after this one counts from
    ///   the last that were.
    @discardableResult
    private func save(_ ages: AgeClock) -> Bool {
        if watch?.loss != nil { return false }
        do {
            try database.writeWithoutTransaction { try AgeTable.save(ages.memory, in: $0) }
            return true
        } catch {
            log.note(StoreFailure(error), of: log.chores)
            return false
        }
    }

    /// - Parameter forgotten: answers given up to then are not given again.
    private func commit(_ taken: [PendingWrite], forgotten: Timestamp) {
        var group = taken
        var results: [Result<Commit<Written>, BoardError>] = []
        var events: [Event] = []
        var time = Duration.zero
        var failure: StoreFailure?
        do {
            try watch?.check()
            try database.writeWithoutTransaction { db in
                try begin(&group, in: db)
                do {
                    (results, events) = try perform(group, forgotten: forgotten, in: db)
                    let start = ContinuousClock.now
                    try db.commit()
                    time = .now - start
                } catch {
                    if db.isInsideTransaction { try? db.rollback() }
                    throw error
                }
            }
        } catch {
            let error = BoardError(storage: error)
            results = group.map { _ in .failure(error) }
            events = []
            failure = error.failure
        }
        counted.withLock {
            $0.add(results, events, time, hasFailed: failure != nil, late: taken.count - group.count)
        }
        note(taken, group, results)
        if !events.isEmpty { announce(events) }
        for (write, result) in zip(group, results) { write.reply(result) }
    }

    /// Takes note of whether writes work; what clients asked for counts as refused.
    ///
    /// - Parameters:
    ///   - taken: the group as it was taken from the queue.
    ///   - group: without those that waited too long for another process.
    private func note(
        _ taken: [PendingWrite], _ group: [PendingWrite], _ results: [Result<Commit<Written>, BoardError>]
    ) {
        var hasFailed = taken.count > group.count
        if hasFailed { log.writes.fail(.busy(retryAfter: .seconds(1)), count: taken.clients - group.clients) }
        for (write, result) in zip(group, results) {
            guard case .failure(let error) = result, let failure = error.failure else { continue }
            hasFailed = true
            // That the database is lost is logged by the watch, once.
            if failure == .lost { continue }
            log.writes.fail(failure, count: write.command.isErrand ? 0 : 1)
        }
        if !hasFailed { log.writes.succeed() }
    }

    /// Waits for the database while another process holds it; writes that have waited too long are answered as busy and
    /// leave the group.
    private func begin(_ group: inout [PendingWrite], in db: Database) throws {
        while true {
            do {
                return try db.beginTransaction(.immediate)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                let latest = ContinuousClock.now - settings.busyTimeout
                group.removeAll { write in
                    guard write.since <= latest else { return false }
                    write.reply(.failure(.failed(.busy(retryAfter: .seconds(1)))))
                    return true
                }
                if group.isEmpty { throw error }
            }
        }
    }

    private func perform(
        _ group: [PendingWrite], forgotten: Timestamp, in db: Database
    ) throws -> (results: [Result<Commit<Written>, BoardError>], events: [Event]) {
        var tenants: [TenantID: TenantRows] = [:]
        var results: [Result<Commit<Written>, BoardError>] = []
        var events: [Event] = []
        results.reserveCapacity(group.count)
        for write in group {
            try db.run("SAVEPOINT write")
            do throws(BoardError) {
                let tenant = write.author.tenant
                var rows =
                    if let rows = tenants[tenant] { rows } else {
                        try TenantRows(tenant, in: thisRun, beginning: beginning, db)
                    }
                var gate = Gate(author: write.author, once: write.once, now: now(), forgotten: forgotten)
                let commit = try gate.perform(write.command, in: &rows)
                tenants[tenant] = rows
                events += gate.events
                results.append(.success(commit))
            } catch {
                // A disk failure may have ended the transaction; then the group can't continue.
                guard db.isInsideTransaction else { throw error }
                try db.run("ROLLBACK TO write")
                results.append(.failure(error))
            }
            try db.run("RELEASE write")
        }
        for var rows in tenants.values { try rows.flush(settings.retention[rows.tenant]) }
        return (results, events)
    }
}

extension [PendingWrite] {
    /// How many of them clients asked for.
    fileprivate var clients: Int { count { !$0.command.isErrand } }
}
