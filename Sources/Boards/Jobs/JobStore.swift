public import Events

/// Reads jobs, each tenant apart; they are written by ``BoardStore/write(_:by:once:)`` like everything else.
public protocol JobStore: Sendable {
    /// The job, and the place in the log where the events after it begin.
    ///
    /// - Throws: ``BoardError/notFound(_:)``, also for a job that the author does not see.
    func job(_ id: JobID, for author: Principal) async throws(BoardError) -> JobSnapshot

    /// Newest first, those that the author sees.
    ///
    /// - Throws: ``BoardError/forbidden`` and ``BoardError/notFound(_:)`` for a board asked for by name.
    func jobs(_ query: JobQuery, for author: Principal) async throws(BoardError) -> JobPage

    /// Those of every tenant that are not finished: for start-up.
    func openJobs() async throws(BoardError) -> [OpenJob]
}

/// A job and the cursor that it is true at.
public struct JobSnapshot: Sendable {
    public let job: Job
    public let cursor: Cursor

    public init(job: Job, cursor: Cursor) {
        self.job = job
        self.cursor = cursor
    }
}

/// What has to be known of a job to look after it.
public struct OpenJob: Sendable, Equatable {
    public let tenant: TenantID
    public let id: JobID
    public let createdBy: UserID
    public let version: Int
    public let isHeld: Bool

    public init(_ row: StoredJob, of tenant: TenantID) {
        self.tenant = tenant
        id = row.job.id
        createdBy = row.job.createdBy
        version = row.job.version
        isHeld = row.isHeld
    }
}
