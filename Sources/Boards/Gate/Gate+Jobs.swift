import Events

extension Gate {
    mutating func perform(
        _ command: JobCommand, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<StoredJob> {
        switch command {
        case .createJob(let id, let draft): try createJob(id, draft, in: &rows)
        case .reportJob(let id, let report): try reportJob(id, report, in: &rows)
        case .tellJob(let id): try tellJob(id, in: &rows)
        case .stallJob(let id, let version): try stallJob(id, version: version, in: &rows)
        }
    }

    private mutating func createJob(
        _ id: JobID, _ draft: JobDraft, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<StoredJob> {
        if let board = draft.board { _ = try existing(board, in: rows) }
        guard try rows.openJobs() < JobLimits.open else { throw .conflict(.jobsFull(limit: JobLimits.open)) }
        let job = Job(
            id: id, board: draft.board, name: draft.name, input: draft.input, createdBy: author.user, createdAt: now,
            updatedAt: now)
        let row = StoredJob(job: job, toldAt: nil, isHeld: false)
        try rows.insert(row)
        return Commit(seq: try announce(.jobCreated, job, in: &rows), row)
    }

    /// The job's state changes at once. Its progress is announced at most every ``JobLimits/spacing`` and held
    /// meanwhile; its end is announced at once and includes the held progress.
    private mutating func reportJob(
        _ id: JobID, _ report: JobReport, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<StoredJob> {
        let old = try existing(id, in: rows)
        guard old.job.createdBy == author.user || author.allows(.jobs) else { throw .jobForbidden }
        try report.own.require { old.job.write(into: &$0) }
        return try change(old, by: report, in: &rows)
    }

    /// Announces the held progress of a job. Does nothing when none is held, or when less than ``JobLimits/spacing``
    /// has passed since the last announcement.
    private mutating func tellJob(
        _ id: JobID, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<StoredJob> {
        var row = try existing(id, in: rows)
        guard row.isHeld, row.mayTell(at: now) else { return Commit(seq: rows.head, row) }
        row.isHeld = false
        row.toldAt = now
        try rows.update(row)
        return Commit(seq: try announce(row.job, in: &rows), row)
    }

    /// Fails a job whose worker has not reported since the job was at `version`; does nothing when it has.
    private mutating func stallJob(
        _ id: JobID, version: Int, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<StoredJob> {
        let old = try existing(id, in: rows)
        guard old.job.version == version, !old.job.status.isFinal else { return Commit(seq: rows.head, old) }
        return try change(old, by: JobReport(status: .failed, error: "stalled"), in: &rows)
    }

    private mutating func change(
        _ old: StoredJob, by report: JobReport, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<StoredJob> {
        if let conflict = report.conflict(with: old.job) { throw .conflict(conflict) }
        guard !old.job.status.isFinal else { return Commit(seq: rows.head, old) }
        var new = old
        new.job = report.applied(to: old.job)
        let isNews = new.job != old.job
        new.job.version += 1
        new.job.updatedAt = now
        let isTold = new.job.status.isFinal || isNews && old.mayTell(at: now)
        new.isHeld = !isTold && (isNews || old.isHeld)
        if isTold { new.toldAt = now }
        try rows.update(new)
        let seq = isTold ? try announce(new.job, in: &rows) : rows.head
        return Commit(seq: seq, new)
    }

    private func existing(_ id: JobID, in rows: some BoardTransaction) throws(BoardError) -> StoredJob {
        guard let row = try rows.job(id), author.sees(row.job) else { throw .notFound(.job(id)) }
        return row
    }

    private mutating func announce(_ job: Job, in rows: inout some BoardTransaction) throws(BoardError) -> Int {
        let type: EventType =
            switch job.status {
            case .queued, .processing: .jobProgress
            case .completed: .jobCompleted
            case .failed, .cancelled: .jobFailed
            }
        return try announce(type, job, in: &rows)
    }

    private mutating func announce(
        _ type: EventType, _ job: Job, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Int {
        try announce(EventDraft(type: type, content: .job(job)), to: job.audience, in: &rows)
    }
}
