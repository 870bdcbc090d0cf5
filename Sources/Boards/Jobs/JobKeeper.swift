public import Events
public import Logging
import Synchronization

/// Announces held progress of unfinished jobs when it is due, and fails jobs whose workers stop reporting.
/// ``JobKeepingStore`` passes it every write of a job.
///
/// The store keeps what a job is and what of it was announced; the keeper only remembers when the next action is due,
/// with one timer for all jobs. When the gateway starts it takes over the unfinished jobs of the store: held progress
/// is announced at once, and each worker gets its full time to report. It gets it as well after the process stood still
/// for a tenth of that time, a second at least (a stopped process, a virtual machine that was moved): what a worker
/// reported meanwhile is still unread. What the store could not take is tried again, less and less often, but at least
/// every ``RetryDelay/longest``.
public final class JobKeeper: Sendable {
    let store: any BoardStore
    let uptime: @Sendable () -> Uptime
    let logger: Logger
    /// The keeper is heard of more often than this, unless the whole process stands still.
    private let pause: Duration
    let state: Mutex<State>

    struct State {
        var schedule: JobSchedule
        var own = OwnJobs()
        /// The sleep of ``run()`` until `wakesAt`; cancelled to wake it earlier.
        var sleep: Task<Void, Never>?
        var wakesAt = Uptime.never
        /// When ``notePause()`` was called last.
        var awakeAt = Uptime.never

        /// When the next errand is due; nil while there are no jobs.
        var next: Uptime? { [schedule.next, own.next].compactMap { $0 }.min() }

        /// Wakes ``JobKeeper/run()`` when something is due sooner than it sleeps.
        func wake() { if let next, next < wakesAt { sleep?.cancel() } }
    }

    /// Errands that run at the same time.
    private static let batch = 128
    private static let longestRest = Duration.seconds(3600)

    /// - Parameters:
    ///   - patience: how long a job's worker may be silent.
    ///   - uptime: a clock that never goes back.
    public init(
        store: any BoardStore, patience: Duration, logger: Logger = Logger(label: "boardcast.jobs"),
        uptime: @escaping @Sendable () -> Uptime
    ) {
        self.store = store
        self.logger = logger
        self.uptime = uptime
        pause = max(patience / 10, .seconds(1))
        state = Mutex(State(schedule: JobSchedule(patience: patience)))
    }

    // MARK: Noting

    /// Takes note of a job as it is after a write.
    func note(_ row: StoredJob, of tenant: TenantID) {
        let job = row.job
        let held = row.heldUntil.map { max(.zero, $0 - job.updatedAt) }
        note(
            JobSchedule.Key(tenant: tenant, job: job.id), by: job.createdBy, version: job.version,
            isQueued: job.status == .queued, isFinal: job.status.isFinal, tellsIn: held)
    }

    private func note(
        _ key: JobSchedule.Key, by creator: UserID, version: Int, isQueued: Bool, isFinal: Bool = false,
        tellsIn: Duration?
    ) {
        let now = uptime()
        state.withLock { state in
            state.schedule.note(
                key, by: creator, version: version, isQueued: isQueued, isFinal: isFinal, tellsIn: tellsIn, at: now)
            state.wake()
        }
    }

    /// The unfinished jobs of all tenants, by status.
    public var unfinished: [JobStatus: Int] {
        state.withLock { state in
            let queued = state.schedule.queued
            return [.queued: queued, .processing: state.schedule.count - queued]
        }
    }

    // MARK: Keeping

    /// Takes over the unfinished jobs of the store. Call before the first write.
    public func load() async throws(BoardError) {
        for job in try await store.openJobs() {
            note(
                JobSchedule.Key(tenant: job.tenant, job: job.id), by: job.createdBy, version: job.version,
                isQueued: job.isQueued, tellsIn: job.isHeld ? .zero : nil)
        }
    }

    /// Runs errands when they are due, until it is cancelled.
    public func run() async {
        while !Task.isCancelled {
            notePause()
            await attend()
            await rest()
        }
    }

    /// Gives each job its patience anew when this was last called too long ago: the process stood still.
    func notePause() {
        let now = uptime()
        state.withLock { state in
            if state.awakeAt < now - pause { state.schedule.renewPatience(at: now) }
            state.awakeAt = now
        }
    }

    /// Sleeps until the next errand is due, or until an earlier one is noted; half a ``pause`` at most while there are
    /// jobs.
    private func rest() async {
        let sleep = state.withLock { state in
            let next = state.next
            state.wakesAt = next ?? .never
            let left = next.map { min(max(.zero, $0 - uptime()), pause / 2) } ?? Self.longestRest
            let sleep = Task<Void, Never> { try? await Task.sleep(for: left) }
            state.sleep = sleep
            return sleep
        }
        await withTaskCancellationHandler {
            await sleep.value
        } onCancel: {
            sleep.cancel()
        }
    }

    /// Runs the errands that are due now.
    func attend() async {
        let now = uptime()
        await run(
            state.withLock { state in
                let ends = state.own.takeDue(at: now)
                let own = state.own
                return ends + state.schedule.takeDue(at: now) { own.work(on: $0) != nil }
            })
    }

    func run(_ errands: [JobSchedule.Errand]) async {
        var errands = errands[...]
        while !errands.isEmpty {
            await withDiscardingTaskGroup { group in
                for errand in errands.prefix(Self.batch) { group.addTask { await self.run(errand) } }
            }
            errands = errands.dropFirst(Self.batch)
        }
    }

    private func run(_ errand: JobSchedule.Errand) async {
        let (tenant, job) = (errand.key.tenant, errand.key.job)
        let author = Principal(tenant: tenant, user: errand.creator, role: .service)
        do throws(BoardError) {
            switch errand.kind {
            case .tell:
                let commit = try await store.write(.tellJob(job), by: author, once: nil)
                if commit.heldUntil != nil { putBack(errand) }
            case .stall(let version):
                let commit = try await store.write(.stallJob(job, version: version), by: author, once: nil)
                note(commit.subject, of: tenant)
            case .end:
                guard case .ended(let report) = work(on: job, of: tenant) else { return }
                let commit = try await store.write(.reportJob(job, report), by: author, once: nil)
                note(commit.subject, of: tenant)
                state.withLock { $0.own.forget(errand.key) }
            }
        } catch {
            fail(errand, error)
        }
    }

    private func fail(_ errand: JobSchedule.Errand, _ error: BoardError) {
        switch error {
        case .failed:
            // The store has taken note of it.
            putBack(errand)
        case .notFound:
            state.withLock { state in
                state.schedule.forget(errand.key)
                state.own.forget(errand.key)
            }
        case _ where errand.kind == .end:
            // It has ended otherwise: it was cancelled.
            state.withLock { $0.own.forget(errand.key) }
        default: putBack(errand)
        }
    }

    private func putBack(_ errand: JobSchedule.Errand) {
        let now = uptime()
        state.withLock { state in
            if errand.kind == .end {
                state.own.putBack(errand, at: now)
            } else {
                state.schedule.putBack(errand, at: now)
            }
            state.wake()
        }
    }
}
