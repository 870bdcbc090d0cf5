import Boards
import Events

/// Deletes old events, jobs and answers, a batch at a time, while a writer is idle; and keeps the store's ages. For one
/// thread of a store. Of the nodes on one database, one at a time does it.
struct Chores {
    /// Rows that one step removes at most.
    static let batch = 256
    /// The most events that are looked at for the age of one tenant's log in a step.
    private static let scanned = 4096
    /// Between two rounds.
    private static let pause = Duration.seconds(60)
    /// How old the ages may be that the process after this one begins with.
    private static let agesKept = Duration.seconds(3600)
    /// Under constant load, one step after this many groups of writes.
    private static let groupsPerStep = 256
    /// The lock that the node holds which does them: `BCST` in ASCII, and one.
    private static let lock = 0x4243_5355

    private static var tryLock: Statement { Statement("SELECT pg_try_advisory_xact_lock($1)::int::int8", .int(lock)) }

    private let shared: GroupWriter.Shared
    /// The tenant seen last in this round.
    private var tenant = 0
    private var dueAt = ContinuousClock.now
    private var groups = 0
    private var saved: AgeClock.Memory?

    init(_ shared: GroupWriter.Shared) { self.shared = shared }

    /// Nobody writes.
    ///
    /// - Returns: how long the thread may wait for the next write.
    mutating func rest(on session: Session) -> Duration {
        let ages = shared.clock.current
        guard ContinuousClock.now >= dueAt else {
            // Found out by trying, when nobody else tries.
            if shared.log.writes.isFailing, (try? session.connect()) != nil { shared.log.writes.succeed() }
            return shared.log.writes.isFailing ? .seconds(1) : .seconds(5)
        }
        if step(by: ages, on: session) { return .milliseconds(1) }
        keep(ages, on: session)
        dueAt = .now + Self.pause
        return .seconds(5)
    }

    /// A group was written.
    mutating func work(on session: Session) {
        groups += 1
        dueAt = .now
        if groups.isMultiple(of: Self.groupsPerStep) { _ = step(by: shared.clock.current, on: session) }
    }

    mutating func end(on session: Session) { save(shared.clock.current, on: session) }

    /// - Returns: whether there is more to do in this round.
    private mutating func step(by ages: AgeClock, on session: Session) -> Bool {
        do {
            let (connection, _) = try session.connect()
            let isMore = try step(by: ages, on: connection)
            shared.log.chores.succeed()
            return isMore
        } catch {
            session.drop()
            shared.log.chores.note(StoreFailure(error))
            return false
        }
    }

    private mutating func step(by ages: AgeClock, on connection: Connection) throws -> Bool {
        let deadline = Uptime.now() + shared.settings.answerTime
        let begun = try connection.run(
            [
                Statement("BEGIN"), Self.tryLock,
                Statement(
                    "SELECT number, name, head, oldest FROM boardcast.tenants WHERE number > $1 ORDER BY number LIMIT 1",
                    .int(tenant)),
            ], by: deadline)
        let isOurs = try begun[1].reader(0, of: "locks").int(0, in: 0...1) == 1
        guard isOurs, begun[2].count > 0 else {
            var isMore = false
            if isOurs { isMore = try purgeAnswers(by: ages, on: connection, by: deadline) }
            try connection.run([Statement("COMMIT")], by: deadline)
            if !isMore { tenant = 0 }
            return isMore
        }
        let reader = begun[2].reader(0, of: "tenants")
        let (number, head) = (try reader.int(0), try reader.int(2, in: 0...RowReader.highest))
        let stored = try reader.int(3, in: 1...head + 1)
        let retention = shared.settings.retention[try reader.value(1, TenantID.init)]
        let cutoff = ages.cutoff(retention.age)
        let times = try connection.run(
            [
                Statement(
                    "SELECT seq, at FROM boardcast.events WHERE tenant = $1 AND seq >= $2 ORDER BY seq LIMIT $3",
                    .int(number), .int(stored), .int(Self.scanned))
            ], by: deadline)[0]
        let oldest = try oldest(stored, times, head: head, retention, cutoff, wall: ages.wall)
        var statements: [Statement] = []
        if oldest > stored {
            statements.append(
                Statement(
                    "UPDATE boardcast.tenants SET oldest = greatest(oldest, $2) WHERE number = $1", .int(number),
                    .int(oldest)))
            statements += ChangesWriter.delete(before: oldest, of: number)
        }
        let jobs = Statement(
            """
            DELETE FROM boardcast.jobs WHERE tenant = $1 AND number IN (
                SELECT number FROM boardcast.jobs WHERE tenant = $1 AND status NOT IN ('queued', 'processing') AND updated_at < $2
                LIMIT $3)
            """, .int(number), .int(cutoff.milliseconds), .int(Self.batch))
        let answers = try connection.run(statements + [jobs, Statement("COMMIT")], by: deadline)
        if oldest - stored < Self.batch, answers[statements.count].changed < Self.batch { tenant = number }
        return true
    }

    /// The first number to keep. Of two events the one with the lower number is older, whatever time it bears: those of a
    /// wall that was ahead are deleted together with the next that is due.
    private func oldest(
        _ stored: Int, _ times: Rows, head: Int, _ retention: Retention, _ cutoff: Timestamp, wall: Timestamp
    ) throws -> Int {
        let counted = retention.oldest(stored: stored, head: head)
        var oldest = stored
        for row in 0..<times.count {
            let reader = times.reader(row, of: "events")
            let (seq, at) = (try reader.int(0), try reader.time(1))
            let isDue = seq < counted || at < cutoff
            if isDue { oldest = min(seq + 1, stored + Self.batch) }
            guard isDue || at > wall, oldest < stored + Self.batch else { break }
        }
        return oldest
    }

    private func purgeAnswers(by ages: AgeClock, on connection: Connection, by deadline: Uptime) throws -> Bool {
        let answers = try connection.run(
            [
                Statement(
                    """
                    DELETE FROM boardcast.answers WHERE ctid = ANY (ARRAY (
                        SELECT ctid FROM boardcast.answers WHERE at < $1 ORDER BY at LIMIT $2))
                    """, .int(ages.cutoff(IdempotencyKey.lifetime).milliseconds), .int(Self.batch))
            ], by: deadline)
        return answers[0].changed == Self.batch
    }

    /// Saves the ages when the wall was set, and now and then.
    private mutating func keep(_ ages: AgeClock, on session: Session) {
        let memory = ages.memory
        if let saved, saved.stretches == memory.stretches, memory.time - saved.time < Self.agesKept { return }
        save(ages, on: session)
    }

    private mutating func save(_ ages: AgeClock, on session: Session) {
        do {
            let (connection, deadline) = (try session.connect().0, Uptime.now() + shared.settings.answerTime)
            let begun = try connection.run([Statement("BEGIN"), Self.tryLock], by: deadline)
            // Who does the chores now saves its own.
            let isOurs = try begun[1].reader(0, of: "locks").int(0, in: 0...1) == 1
            try connection.run((isOurs ? AgeTable.save(ages.memory) : []) + [Statement("COMMIT")], by: deadline)
            saved = ages.memory
        } catch {
            session.drop()
            shared.log.chores.note(StoreFailure(error))
        }
    }
}
