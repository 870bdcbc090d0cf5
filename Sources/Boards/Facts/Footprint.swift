public import Events

/// What of one tenant must be known to decide some commands: the questions that ``Gate`` may ask about them, before it
/// asks. A store answers all of them at once, as ``Facts``.
///
/// It is more than one command asks, since much depends on the answers; and now and then less, since one command may
/// change what the next one asks about. Such a question is a *miss*: ``Facts/missed``.
public struct Footprint: Sendable, Equatable {
    /// The column of a board in which a task is to come last; without a status, the board's first.
    public struct End: Sendable, Hashable {
        public let board: BoardID
        public let status: String?
    }

    /// The same, on the board that the task is on.
    public struct TaskEnd: Sendable, Hashable {
        public let task: Int
        public let status: String
    }

    /// The place in a column, of the board that the task is on, after another task; nil for the first place.
    public struct Gap: Sendable, Hashable {
        public let task: Int
        public let status: String
        public let after: Int?
    }

    /// The name of a kept ``Answer``. Keys are compared by bytes.
    public struct AnswerName: Sendable, Hashable {
        public let user: UserID
        public let key: [UInt8]

        public init(user: UserID, key: String) {
            self.user = user
            self.key = Array(key.utf8)
        }

        public var text: String { String(decoding: key, as: UTF8.self) }
    }

    /// Boards, and the numbers of their newest events, also of those that were deleted.
    public internal(set) var boards: Set<BoardID> = []
    /// Boards of which it must be known how many tasks have each status.
    public internal(set) var counts: Set<BoardID> = []
    /// Tasks, and the boards that they are on.
    public internal(set) var tasks: Set<Int> = []
    public internal(set) var ends: Set<End> = []
    public internal(set) var taskEnds: Set<TaskEnd> = []
    public internal(set) var gaps: Set<Gap> = []
    /// Columns of which every task must be known.
    public internal(set) var columns: Set<BoardColumn> = []
    /// Jobs, and the boards that they are on.
    public internal(set) var jobs: Set<JobID> = []
    /// Whether it must be known how many jobs are open, and the number of the newest.
    public internal(set) var countsJobs = false
    public internal(set) var answers: Set<AnswerName> = []
    /// How many of the commands may take a task away from where it stands.
    private(set) var removals = 0

    public init() {}

    /// - Parameter once: the key under which the command is sent.
    public init(_ command: Command, by author: Principal, once: IdempotencyKey?) {
        add(command)
        if let once { answers.insert(AnswerName(user: author.user, key: once.key)) }
    }

    /// How many tasks are looked at from a place on, so that the next is still known once some are taken away. More
    /// would be read for nothing nearly always; where they are too few there is a miss.
    public var depth: Int { min(removals, 8) + 2 }

    public var isEmpty: Bool { self == Footprint() }

    public mutating func formUnion(_ other: Footprint) {
        boards.formUnion(other.boards)
        counts.formUnion(other.counts)
        tasks.formUnion(other.tasks)
        ends.formUnion(other.ends)
        taskEnds.formUnion(other.taskEnds)
        gaps.formUnion(other.gaps)
        columns.formUnion(other.columns)
        jobs.formUnion(other.jobs)
        countsJobs = countsJobs || other.countsJobs
        answers.formUnion(other.answers)
        removals += other.removals
    }

    mutating func add(endOf column: BoardColumn) {
        boards.insert(column.board)
        ends.insert(End(board: column.board, status: column.status))
    }

    private mutating func add(_ command: Command) {
        switch command {
        case .task(let command): add(command)
        case .board(let command): add(command)
        case .job(let command): add(command)
        case .createTasks(let drafts): for draft in drafts { add(draft) }
        case .publish(_, _, .board(let id)): boards.insert(id)
        case .publish: break
        }
    }

    private mutating func add(_ draft: TaskDraft) {
        boards.insert(draft.board)
        ends.insert(End(board: draft.board, status: draft.status))
    }

    private mutating func add(_ command: TaskCommand) {
        switch command {
        case .createTask(let draft): add(draft)
        case .updateTask(let id, let patch, _):
            tasks.insert(id)
            guard let status = patch.status else { return }
            taskEnds.insert(TaskEnd(task: id, status: status))
            removals += 1
        case .moveTask(let id, let move, _):
            tasks.insert(id)
            if let after = move.after { tasks.insert(after) }
            gaps.insert(Gap(task: id, status: move.status, after: move.after))
            removals += 1
        case .deleteTask(let id, _):
            tasks.insert(id)
            removals += 1
        }
    }

    private mutating func add(_ command: BoardCommand) {
        switch command {
        case .createBoard(let draft): boards.insert(draft.id)
        case .updateBoard(let id, let patch, _):
            boards.insert(id)
            if patch.choice.isGiven { counts.insert(id) }
        case .deleteBoard(let id, _): boards.insert(id)
        }
    }

    private mutating func add(_ command: JobCommand) {
        switch command {
        case .createJob(_, let draft):
            if let board = draft.board { boards.insert(board) }
            countsJobs = true
        case .reportJob(let id, _), .tellJob(let id), .stallJob(let id, _): jobs.insert(id)
        }
    }
}
