public import Events
public import StrictJSON

/// One write, as it is asked for.
public enum Command: Sendable {
    case createTask(TaskDraft)
    /// All of them in this order, or none.
    case createTasks([TaskDraft])
    /// - Parameter ifVersion: the version that the task must have (`If-Match`), nil for any.
    case updateTask(Int, TaskPatch, ifVersion: Int? = nil)
    case moveTask(Int, TaskMove, ifVersion: Int? = nil)
    case deleteTask(Int, ifVersion: Int? = nil)
    case createBoard(BoardDraft)
    case updateBoard(BoardID, BoardPatch, ifVersion: Int? = nil)
    case deleteBoard(BoardID, ifVersion: Int? = nil)
    /// - Parameter id: a new one.
    case createJob(JobID, JobDraft)
    case reportJob(JobID, JobReport)
    /// Tells what was held of a job's progress.
    case tellJob(JobID)
    /// Fails a job of whose worker nothing was heard since it was at `version`.
    case stallJob(JobID, version: Int)
    /// An event of the publisher's own. Its type must lie outside ``Events/EventType/reservedFamilies``.
    case publish(EventType, data: JSONValue, to: Audience)
}
