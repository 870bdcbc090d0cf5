public import Events

/// Reads jobs, separately for each tenant; they are written by ``BoardStore/write(_:by:once:)`` like everything else.
public protocol JobStore: Sendable {
    /// The job, and the place in the log where the events after it begin.
    ///
    /// - Throws: ``BoardError/notFound(_:)``, also for a job that the author does not see.
    func job(_ id: JobID, for author: Principal) async throws(BoardError) -> JobSnapshot

    /// The jobs that the author may see, newest first.
    ///
    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)`` for a board asked for by name.
    func jobs(_ query: JobQuery, for author: Principal) async throws(BoardError) -> JobPage

    /// The unfinished jobs of every tenant. Used at start-up.
    func openJobs() async throws(BoardError) -> [OpenJob]
}

/// A job, and the cursor at which it was read.
public struct JobSnapshot: Sendable {
    public let job: Job
    public let cursor: Cursor

    public init(job: Job, cursor: Cursor) {
        self.job = job
        self.cursor = cursor
    }
}

/// The parts of an unfinished job that ``JobKeeper`` needs.
public struct OpenJob: Sendable, Equatable {
    public let tenant: TenantID
    public let id: JobID
    public let createdBy: UserID
    public let version: Int
    public let isHeld: Bool
    public let isQueued: Bool

    public init(_ row: StoredJob, of tenant: TenantID) {
        self.tenant = tenant
        id = row.job.id
        createdBy = row.job.createdBy
        version = row.job.version
        isHeld = row.isHeld
        isQueued = row.job.status == .queued
    }
}
