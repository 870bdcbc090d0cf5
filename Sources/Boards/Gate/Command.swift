public import Events
public import StrictJSON

/// One write, as it is requested. Writes about one task, board or job are separate enums, so that
/// `store.write(.createTask(draft), …)` is answered with a task.
public enum Command: Sendable {
    case task(TaskCommand)
    case board(BoardCommand)
    case job(JobCommand)
    /// All of them in this order, or none.
    case createTasks([TaskDraft])
    /// Appends an event of the publisher's own. Its type must lie outside ``Events/EventType/reservedFamilies``.
    case publish(EventType, data: JSONValue, to: Audience)

    /// Whether it is the gateway's own: an errand of ``JobKeeper``, which is put back when it fails.
    public var isErrand: Bool {
        switch self {
        case .job(.tellJob), .job(.stallJob): true
        case .task, .board, .job, .createTasks, .publish: false
        }
    }
}

public enum TaskCommand: Sendable {
    case createTask(TaskDraft)
    /// - Parameter ifVersion: the version that the task must have (`If-Match`), nil for any.
    case updateTask(Int, TaskPatch, ifVersion: ExpectedVersion? = nil)
    case moveTask(Int, TaskMove, ifVersion: ExpectedVersion? = nil)
    case deleteTask(Int, ifVersion: ExpectedVersion? = nil)
}

public enum BoardCommand: Sendable {
    case createBoard(BoardDraft)
    case updateBoard(BoardID, BoardPatch, ifVersion: ExpectedVersion? = nil)
    case deleteBoard(BoardID, ifVersion: ExpectedVersion? = nil)
}

public enum JobCommand: Sendable {
    /// - Parameter id: one that no job has.
    case createJob(JobID, JobDraft)
    case reportJob(JobID, JobReport)
    /// Announces the progress of a job that was held.
    case tellJob(JobID)
    /// Fails a job if its worker has not reported since the job was at `version`.
    case stallJob(JobID, version: Int)

    /// The report by which a user cancels a job.
    public static func cancelJob(_ id: JobID) -> JobCommand { .reportJob(id, JobReport(status: .cancelled)) }
}
