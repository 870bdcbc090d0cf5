public import Events
import Logging
import Synchronization

/// Jobs that the gateway works on itself: they never stall, and their ends are kept and tried again until they are
/// stored, however long the store can't take them.
extension JobKeeper {
    /// Takes note that this process works on a job, until ``end(_:of:with:)``.
    ///
    /// - Returns: false when it does so already.
    public func begin(_ job: JobID, by creator: Principal) -> Bool {
        state.withLock { $0.own.begin(JobSchedule.Key(tenant: creator.tenant, job: job), by: creator.user) }
    }

    /// How far this process is with a job; nil when it does not work on it, or has stored its end.
    public func work(on job: JobID, of tenant: TenantID) -> JobWork? {
        state.withLock { $0.own.work(on: JobSchedule.Key(tenant: tenant, job: job)) }
    }

    /// Ends the work on a job; returns when its end is stored, or when that has failed once and is tried later.
    ///
    /// - Parameter report: its end; nil when the job has ended otherwise.
    public func end(_ job: JobID, of tenant: TenantID, with report: JobReport?) async {
        let key = JobSchedule.Key(tenant: tenant, job: job)
        let now = uptime()
        let errands = state.withLock { state in
            guard let report else {
                state.own.forget(key)
                return [JobSchedule.Errand]()
            }
            state.own.end(key, with: report, at: now)
            return state.own.takeDue(at: now)
        }
        await run(errands)
    }

    /// Ends jobs that a process before this one worked on; returns when each end is stored or has failed once. Those
    /// that failed are in the log, in one line. Call after ``load()``.
    public func end(abandoned jobs: [OpenJob], with report: JobReport) async {
        let now = uptime()
        let errands = state.withLock { state in
            for job in jobs {
                let key = JobSchedule.Key(tenant: job.tenant, job: job.id)
                guard state.own.begin(key, by: job.createdBy) else { continue }
                state.own.end(key, with: report, at: now)
            }
            return state.own.takeDue(at: now)
        }
        await run(errands)
        let left = state.withLock { $0.own.all.count }
        if left > 0 {
            logger.warning("jobs that were cut off are ended later", metadata: ["jobs": "\(left)"])
        }
    }

    /// The job as it is to be shown. A failure is shown from the moment at which it is known. A completion is shown
    /// once it is stored, since a crash before that would take it back.
    func shown(_ job: Job, of tenant: TenantID) -> Job {
        guard !job.status.isFinal, case .ended(let end) = work(on: job.id, of: tenant), end.status == .failed else {
            return job
        }
        var job = end.applied(to: job)
        job.version += 1
        return job
    }

    /// Has what waits stored, but no longer than `patience`, and logs what can't be. Call after ``run()`` and before the
    /// store is closed.
    public func close(within patience: Duration) async {
        guard state.withLock({ !$0.own.isEmpty }) else { return }
        let latest = ContinuousClock.now + patience
        // An attempt can't be given up, and may take longer.
        let attempts = Task {
            while !Task.isCancelled {
                state.withLock { $0.own.hurry(at: uptime()) }
                await attend()
                try? await Task.sleep(for: RetryDelay.shortest)
            }
        }
        while ContinuousClock.now < latest, state.withLock({ !$0.own.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
        attempts.cancel()
        giveUp()
    }

    /// Logs, in one line, the jobs whose ends are not stored, and forgets them. The next start ends them.
    public func giveUp() {
        let left = state.withLock { state in
            defer { state.own.forgetAll() }
            return state.own.all
        }
        guard !left.isEmpty else { return }
        let names = left.prefix(Self.named).map { key, work in
            let end = if case .ended(let report) = work { report.status?.rawValue } else { nil as String? }
            return "\(key.tenant)/\(key.job) \(end ?? "cut off")"
        }
        logger.error(
            "ends of jobs are not stored",
            metadata: ["jobs": "\(left.count)", "which": "\(names.joined(separator: ", "))"])
    }

    /// Jobs that one line of the log names.
    private static let named = 20
}
