import Boards
import Dispatch
import Events
import Foundation
import Synchronization

/// A thread that writes for its share of the tenants: it takes all writes that queued during the last commit, reads what
/// they need to know, decides them by the gate, commits what they changed together, announces it, and only then answers.
///
/// Two round trips a group, however many writes are in it: one holds the tenants' rows and reads the facts, one writes
/// the rows and commits. While it holds a tenant's row no other node gives that tenant a number: numbers are dense, and in
/// the order of the commits.
final class GroupWriter: Sendable {
    static let groupLimit = 512
    /// Tenants in one group: each costs some statements.
    static let tenantLimit = 32
    /// How often the first write of a tenant may turn out to ask for more, in one group.
    static let mostMisses = 4
    /// How long no write must arrive before the thread looks after its connection.
    private static let quiet = Duration.milliseconds(200)

    private let number: Int
    private let shared: Shared
    private let queue: WriteQueue
    private let ended = DispatchGroup()

    /// What the writers of a store have in common.
    struct Shared: Sendable {
        let place: PostgresPlace
        let settings: PostgresSettings
        let beginning: Timestamp
        let log: WorkLog
        let clock: StoreClock
        let now: @Sendable () -> Timestamp
        let counted: SharedCounters
        /// One announcement at a time, whichever thread has committed.
        let announcer: Announcer
        let runs: KnownRuns
    }

    init(_ number: Int, _ shared: Shared) {
        (self.number, self.shared) = (number, shared)
        queue = WriteQueue(
            limit: shared.settings.queueLimit / shared.settings.writers,
            limitPerTenant: min(
                shared.settings.queueLimitPerTenant, shared.settings.queueLimit / shared.settings.writers))
    }

    func start() {
        ended.enter()
        let thread = Thread { [self] in
            run()
            ended.leave()
        }
        thread.name = "pg-writer-\(number)"
        thread.stackSize = 1 << 20
        thread.start()
    }

    func count(in counters: inout WriterCounters) {
        var own = WriterCounters()
        queue.count(in: &own)
        counters.waiting += own.waiting
        counters.turnedAway += own.turnedAway
        counters.longestQueue = max(counters.longestQueue, own.longestQueue)
    }

    /// Calls `reply` when the write's group is committed and announced, on the thread that writes; or at once, when there is
    /// no room for the write.
    func submit(_ write: Write, reply: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void) {
        let pending = PendingWrite(
            command: write.command, author: write.author, once: write.once, since: .now, reply: reply)
        guard let refusal = queue.put(pending) else { return }
        if case .failed(.busy(let delay)) = refusal {
            shared.log.writes.fail(.busy(retryAfter: delay), because: .queueFull)
        }
        reply(.failure(refusal))
    }

    /// Finishes the queued writes, then ends the thread.
    func close() async {
        queue.close()
        await withCheckedContinuation { done in ended.notify(queue: .global()) { done.resume() } }
    }

    private func run() {
        let session = Session(shared.place, shared.settings)
        var tenants = TenantNumbers()
        var doubt: Doubt?
        var chores = number == 0 ? Chores(shared) : nil
        // Taken, but for a later group.
        var waiting: [PendingWrite] = []
        var patience = Self.quiet
        while true {
            let room = Self.groupLimit - waiting.count
            let taken = room > 0 ? queue.take(room, patience: waiting.isEmpty ? patience : .zero) : .idle
            switch taken {
            case .writes(let writes): waiting += writes
            case .idle:
                // Whether what was in doubt is committed is found out also when nobody writes.
                if doubt != nil { _ = try? settle(&doubt, on: session.connect().0) }
                if waiting.isEmpty { patience = chores?.rest(on: session) ?? Self.quiet }
            case .closed where waiting.isEmpty:
                chores?.end(on: session)
                return
            case .closed: break
            }
            guard !waiting.isEmpty else { continue }
            let group = WriteGroup(&waiting, tenants: Self.tenantLimit)
            let isUnderWay = commit(group, session, &tenants, &doubt)
            waiting = group.waiting + waiting
            patience = Self.quiet
            chores?.work(on: session)
            if !isUnderWay {
                // Nobody waits for a database that is away.
                refuse(waiting)
                waiting = []
            }
        }
    }

    private func refuse(_ writes: [PendingWrite]) {
        guard !writes.isEmpty else { return }
        shared.log.writes.fail(.away, count: writes.count { !$0.command.isErrand })
        for write in writes { write.reply(.failure(.failed(.away))) }
    }

    /// What to do while the server does not answer: whoever waits is told.
    private func impatience(about group: WriteGroup) -> Connection.Impatience {
        Connection.Impatience(from: .now() + shared.settings.patience) { [self] in
            group.refuse(.away)
            if case .writes(let late) = queue.take(Self.groupLimit, patience: .zero) { refuse(late) }
        }
    }

    /// - Returns: false when the database is away.
    private func commit(
        _ group: WriteGroup, _ session: Session, _ tenants: inout TenantNumbers, _ doubt: inout Doubt?
    ) -> Bool {
        let impatience = impatience(about: group)
        let start = ContinuousClock.now
        do {
            let (connection, isNew) = try session.connect(impatience)
            try settle(&doubt, on: connection)
            do {
                try commit(group, connection, &tenants, &doubt, impatience)
            } catch  where error.isAway && !isNew && !group.isSent {
                // The connection ended while nobody used it; nothing was written.
                try commit(group, session.connect(impatience).0, &tenants, &doubt, impatience)
            }
            finish(group, after: .now - start)
            return true
        } catch {
            session.drop()
            tenants = TenantNumbers()
            if doubt != nil, settleSoon(&doubt, on: session, impatience) == true {
                finish(group, after: .now - start)
                return true
            }
            let failure = StoreFailure(error)
            shared.counted.add(group.writes.map { _ in .failure(.failed(failure)) }, [], .zero, hasFailed: true)
            shared.log.writes.fail(failure, count: group.writes.count { !$0.command.isErrand })
            group.refuse(failure)
            if case .unreachable = failure { return false }
            return true
        }
    }

    private func commit(
        _ group: WriteGroup, _ connection: Connection, _ tenants: inout TenantNumbers, _ doubt: inout Doubt?,
        _ impatience: Connection.Impatience
    ) throws {
        let deadline = Uptime.now() + shared.settings.answerTime
        try tenants.find(group.tenants, beginning: shared.beginning, on: connection, by: deadline, impatience)
        let now = shared.now()
        let forgotten = shared.clock.cutoff(IdempotencyKey.lifetime)
        let held = try GroupFacts(group, tenants, on: connection, by: deadline, impatience)
        try held.decide(now: now, forgotten: forgotten, on: connection, by: deadline, impatience)
        let parts = held.parts(shared.settings.retention)
        guard !parts.isEmpty else {
            try connection.run([Statement("ROLLBACK")], by: deadline, impatience)
            return
        }
        var statements = ChangesWriter(parts).statements
        let first = parts.filter { !tenants.hasNoted(held.run, $0.tenant) && $0.changes.head > $0.changes.headBefore }
        if !first.isEmpty, held.run.number > 1 {
            statements.append(RunTable.note(held.run, first.map { ($0.tenant, $0.changes.headBefore) }))
        }
        group.isSent = true
        doubt = Doubt(parts)
        try connection.run(statements + [Statement("COMMIT")], by: deadline, impatience)
        shared.runs.note(held.run)
        if let done = doubt?.events, !done.isEmpty { shared.announcer.announce(done) }
        doubt = nil
        for part in first { tenants.note(held.run, part.tenant) }
    }

    /// Answers a group that is committed and announced.
    private func finish(_ group: WriteGroup, after time: Duration) {
        shared.counted.add(group.results, group.events, time, hasFailed: false)
        group.note(in: shared.log.writes)
        group.answer()
    }

    /// Settles what is in doubt while those who wrote it still wait; nil when that is not possible so soon.
    private func settleSoon(
        _ doubt: inout Doubt?, on session: Session, _ impatience: Connection.Impatience
    ) -> Bool? {
        let end = Uptime.now() + shared.settings.patience
        while Uptime.now() < end {
            if let (connection, _) = try? session.connect(impatience),
                let isCommitted = try? settle(&doubt, on: connection)
            {
                return isCommitted
            }
            usleep(20_000)
        }
        impatience.body()
        return nil
    }

    /// Finds out what became of the transaction whose commit was not answered, and announces it if it was committed.
    ///
    /// - Returns: whether it was; nil when nothing is in doubt.
    @discardableResult
    private func settle(_ doubt: inout Doubt?, on connection: Connection) throws -> Bool? {
        guard let open = doubt else { return nil }
        // The row is held until that transaction has ended, on a connection that the server may not know to have ended.
        let found = try connection.run(
            [
                Statement("BEGIN"),
                Statement("SELECT number FROM boardcast.tenants WHERE number = $1 FOR UPDATE", .int(open.tenant)),
                Statement(
                    "SELECT json FROM boardcast.events WHERE tenant = $1 AND seq = $2", .int(open.tenant),
                    .int(open.last.seq)),
                Statement("COMMIT"),
            ], by: .now() + shared.settings.patience)
        let kept = try found[2].first(of: "events") { row throws(PostgresError) in try row.bytes(0) }
        let isCommitted = kept == open.last.json
        doubt = nil
        shared.log.settled(isCommitted: isCommitted, events: open.events.count)
        if isCommitted { shared.announcer.announce(open.events) }
        return isCommitted
    }
}

/// A transaction whose `COMMIT` was sent and not answered: nobody knows whether it was done.
///
/// Its last event shows it: under that number is either this event, byte by byte, or none, or another. A transaction's
/// number would not do, since a server that has crashed may give it again.
struct Doubt {
    let tenant: Int
    let last: Event
    /// All of them, of all tenants.
    let events: [Event]

    /// Nil for a transaction without events: nothing is to be announced, and who repeats it changes nothing.
    init?(_ parts: [ChangesWriter.Part]) {
        guard let part = parts.first(where: { !$0.changes.events.isEmpty }), let last = part.changes.events.last else {
            return nil
        }
        (tenant, self.last, events) = (part.tenant, last, parts.flatMap(\.changes.events))
    }
}
