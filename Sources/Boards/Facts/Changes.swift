public import Events

/// What some commands have changed of one tenant, as rows: each once, in its last state, however often it was written.
///
/// To be written in this order: what is in ``cleared`` goes first, since a board may be there anew.
public struct Changes: Sendable {
    /// The number of the newest event before, and now.
    public let headBefore: Int
    public internal(set) var head: Int
    public internal(set) var lastTask: Int
    /// Boards that were deleted, with all their tasks and jobs.
    public internal(set) var cleared: Set<BoardID> = []
    public internal(set) var boards: [BoardID: Board] = [:]
    public internal(set) var boardHeads: [BoardID: Int] = [:]
    /// Nil for a task that was deleted.
    public internal(set) var tasks: [Int: BoardTask?] = [:]
    public internal(set) var jobs: [JobID: NumberedJob] = [:]
    /// The number of the newest job, when one was made: those that are ``JobLimits/kept`` older, and finished, go.
    public internal(set) var newestJob: Int?
    public internal(set) var answers: [Footprint.AnswerName: Answer] = [:]
    /// In the order of their numbers.
    public internal(set) var events: [Event] = []

    init(head: Int, lastTask: Int) {
        headBefore = head
        self.head = head
        self.lastTask = lastTask
    }

    public var isEmpty: Bool {
        // Whatever changes boards, tasks or jobs takes a number, save a report that is held.
        head == headBefore && jobs.isEmpty && answers.isEmpty
    }
}

/// A job, and its place in the order in which the tenant's jobs were made.
public struct NumberedJob: Sendable {
    public let number: Int
    public let row: StoredJob

    public init(number: Int, row: StoredJob) {
        self.number = number
        self.row = row
    }
}
