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
/// reported meanwhile is still unread.
public final class JobKeeper: Sendable {
    let store: any BoardStore
    private let uptime: @Sendable () -> Uptime
    /// The keeper is heard of more often than this, unless the whole process stands still.
    private let pause: Duration
    private let failures: FailureLog
    private let state: Mutex<State>

    private struct State {
        var schedule: JobSchedule
        /// The sleep of ``run()`` until `wakesAt`; cancelled to wake it earlier.
        var sleep: Task<Void, Never>?
        var wakesAt = Uptime.never
        /// When ``notePause()`` was called last.
        var awakeAt = Uptime.never
    }

    /// Errands that run at the same time.
    private static let batch = 128
    /// How long until what could not be done is tried again.
    private static let soon = Duration.milliseconds(250)
    private static let longestRest = Duration.seconds(3600)
    /// - Parameters:
    ///   - patience: how long a job's worker may be silent.
    ///   - uptime: a clock that never goes back.
    public init(
        store: any BoardStore, patience: Duration, logger: Logger = Logger(label: "boardcast.jobs"),
        uptime: @escaping @Sendable () -> Uptime
    ) {
        self.store = store
        failures = FailureLog("jobs' timers", logger: logger, uptime: uptime)
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
            isFinal: job.status.isFinal, tellsIn: held)
    }

    private func note(
        _ key: JobSchedule.Key, by creator: UserID, version: Int, isFinal: Bool = false, tellsIn: Duration?
    ) {
        let now = uptime()
        state.withLock { state in
            state.schedule.note(key, by: creator, version: version, isFinal: isFinal, tellsIn: tellsIn, at: now)
            if let next = state.schedule.next, next < state.wakesAt { state.sleep?.cancel() }
        }
    }

    // MARK: Keeping

    /// Takes over the unfinished jobs of the store. Call before the first write.
    public func load() async throws(BoardError) {
        for job in try await store.openJobs() {
            note(
                JobSchedule.Key(tenant: job.tenant, job: job.id), by: job.createdBy, version: job.version,
                tellsIn: job.isHeld ? .zero : nil)
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
            let next = state.schedule.next
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
        var errands = state.withLock { $0.schedule.takeDue(at: uptime()) }[...]
        while !errands.isEmpty {
            await withDiscardingTaskGroup { group in
                for errand in errands.prefix(Self.batch) { group.addTask { await self.run(errand) } }
            }
            errands = errands.dropFirst(Self.batch)
        }
    }

    private func run(_ errand: JobSchedule.Errand) async {
        let author = Principal(tenant: errand.tenant, user: errand.creator, role: .service)
        let key = JobSchedule.Key(tenant: errand.tenant, job: errand.job)
        do {
            switch errand.kind {
            case .tell:
                let commit = try await store.write(.tellJob(errand.job), by: author, once: nil)
                if commit.heldUntil != nil { putBack(errand) }
            case .stall(let version):
                let commit = try await store.write(.stallJob(errand.job, version: version), by: author, once: nil)
                note(commit.subject, of: errand.tenant)
            }
            failures.succeed()
        } catch .notFound {
            state.withLock { $0.schedule.forget(key) }
        } catch {
            if case .failed(let failure) = error { failures.note(failure) }
            putBack(errand)
        }
    }

    private func putBack(_ errand: JobSchedule.Errand) {
        state.withLock { $0.schedule.putBack(errand, at: uptime() + Self.soon) }
    }
}
