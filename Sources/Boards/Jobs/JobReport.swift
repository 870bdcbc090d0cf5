public import StrictJSON

/// A worker's report about its job: a merge patch (RFC 7396) of the members that it may set. An empty report only shows
/// that the worker is alive.
public struct JobReport: Sendable {
    public var status: JobStatus?
    public var progress: Int?
    /// `.some(nil)` clears the member; the same holds for the following ones.
    public var message: String??
    public var result: JSONValue??
    public var error: String??
    public var details: JSONValue??
    var own = OwnMembers()

    /// - Precondition: what is given lies within what ``init(_:)`` takes.
    public init(
        status: JobStatus? = nil, progress: Int? = nil, message: String?? = nil, result: JSONValue?? = nil,
        error: String?? = nil, details: JSONValue?? = nil
    ) {
        self.status = status
        self.progress = progress
        self.message = message
        self.result = result
        self.error = error
        self.details = details
    }

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        status = fields.jobStatus()
        progress = fields.progress()
        message = fields.nullableText("message", 0...1000)
        result = fields.payload("result")
        error = fields.nullableText("error", 0...4000)
        details = fields.payload("details")
        own = fields.own("id", "boardId", "name", "input", "version", "createdBy", "createdAt", "updatedAt")
        try fields.finish()
    }

    /// What ``init(_:)-(JSONObject)`` takes.
    public static let schema = JSONSchema.closed(
        [
            .optional("status", .jobStatus),
            .optional("progress", JSONSchema.integer(0...100).described("Never falls.")),
            .optional("message", JSONSchema.text(0...1000).orNull),
            .optional("result", .payload),
            .optional("error", JSONSchema.text(0...4000).orNull),
            .optional("details", .payload),
        ] + JSONSchema.own("id", "boardId", "name", "input", "version", "createdBy", "createdAt", "updatedAt")
    ).named("JobReport")

    /// The job after the report, whether or not that change is allowed. Version and time are unchanged.
    func applied(to job: Job) -> Job {
        var job = job
        job.progress = progress ?? job.progress
        job.message = message ?? job.message
        job.result = result ?? job.result
        job.error = error ?? job.error
        job.details = details ?? job.details
        switch status {
        case .completed: job.progress = 100
        case .failed, .cancelled: job.error = job.error ?? status?.rawValue
        // A worker that reports progress has begun.
        case nil where job.status == .queued && (progress ?? 0) > 0: job.status = .processing
        case .queued, .processing, nil: break
        }
        job.status = status ?? job.status
        return job
    }

    /// Why the report can't be applied to `job`; nil when it can.
    func conflict(with job: Job) -> BoardError.Conflict? {
        if job.status.isFinal { return applied(to: job) == job ? nil : .jobIsFinal(job.status) }
        if status == .queued, job.status != .queued { return .jobHasBegun }
        if let progress, progress < job.progress { return .progressFalls(from: job.progress, to: progress) }
        return nil
    }
}

extension FieldReader {
    mutating func jobStatus() -> JobStatus? {
        guard let value = value("status") else { return nil }
        guard let status = value.string.flatMap(JobStatus.init) else {
            refuse("status", "must be one of \(JobStatus.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return status
    }

    fileprivate mutating func progress() -> Int? {
        guard let value = value("progress") else { return nil }
        guard let progress = value.int, 0...100 ~= progress else {
            refuse("progress", "must be a whole number from 0 to 100")
            return nil
        }
        return progress
    }
}
