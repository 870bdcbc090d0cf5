import Boards
import Events

/// One tenant's rows in memory.
struct MemoryTenant: BoardTransaction {
    let tenant: TenantID
    let epoch: Epoch
    private(set) var head = 0
    var newestTask: Int { lastTaskID }
    /// The oldest event held, `head + 1` when there is none.
    private(set) var oldest = 1
    private(set) var boards: [BoardID: Board]
    private(set) var tasks: [Int: BoardTask] = [:]
    private var events: [Event] = []
    private var boardHeads: [BoardID: Int] = [:]
    private var lastTaskID = 0
    /// By the order in which they were made.
    private(set) var jobs: [Int: StoredJob] = [:]
    private var jobNumbers: [JobID: Int] = [:]
    private var answers: [AnswerKey: Answer] = [:]

    private struct AnswerKey: Hashable {
        let user: UserID
        let key: [UInt8]
    }

    init(tenant: TenantID, epoch: Epoch, main: Board) {
        self.tenant = tenant
        self.epoch = epoch
        boards = [main.id: main]
    }

    func visibleBoards(_ asked: Selection.Boards, to author: Principal) throws(BoardError) -> [Board] {
        if case .only(let some) = asked {
            for id in some.sorted() {
                guard boards[id] != nil else { throw .notFound(.board(id)) }
                try author.require(id)
            }
            return some.sorted().compactMap { boards[$0] }
        }
        return boards.values.filter { author.boards.contains($0.id) }.sorted { $0.id < $1.id }
    }

    func events(after seq: Int) -> ArraySlice<Event> { events.dropFirst(seq + 1 - oldest) }

    /// Forgets what retention no longer holds, and answers past their time.
    mutating func trim(_ retention: Retention, by ages: AgeClock) {
        let oldest = retention.oldest(stored: oldest, head: head)
        let cutoff = ages.cutoff(retention.age)
        let expired = events.prefix { $0.seq < oldest || $0.timestamp < cutoff }.count
        if expired > 0 {
            events.removeFirst(expired)
            self.oldest += expired
        }
        forgetJobs { $1.status.isFinal && $1.updatedAt < cutoff }
        if answers.count > 1024 { forgetAnswers(before: ages.cutoff(IdempotencyKey.lifetime)) }
    }

    private mutating func forgetAnswers(before cutoff: Timestamp) {
        answers = answers.filter { $0.value.at > cutoff }
    }

    func board(_ id: BoardID) -> Board? { boards[id] }
    mutating func insert(_ board: Board) { boards[board.id] = board }
    mutating func update(_ board: Board) { boards[board.id] = board }

    mutating func delete(_ board: Board) {
        boards[board.id] = nil
        tasks = tasks.filter { $0.value.board != board.id }
        forgetJobs { $1.board == board.id }
    }

    func statusesInUse(on board: BoardID) -> Set<String> {
        Set(tasks.values.lazy.filter { $0.board == board }.map(\.status))
    }

    func task(_ id: Int) -> BoardTask? { tasks[id] }
    mutating func insert(_ task: BoardTask) { tasks[task.id] = task }
    mutating func update(_ task: BoardTask) { tasks[task.id] = task }
    mutating func delete(_ task: BoardTask) { tasks[task.id] = nil }

    func tasks(in column: BoardColumn) -> [BoardTask] {
        tasks.values.filter { $0.column == column }.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
    }

    func lastRank(in column: BoardColumn) -> Rank? {
        tasks.values.lazy.filter { $0.column == column }.map(\.rank).max()
    }

    func nextRank(in column: BoardColumn, after rank: Rank?, without id: Int) -> Rank? {
        tasks.values.lazy
            .filter { task in task.column == column && task.id != id && rank.map { $0 < task.rank } != false }
            .map(\.rank).min()
    }

    func job(_ id: JobID) -> StoredJob? { jobNumbers[id].flatMap { jobs[$0] } }

    mutating func insert(_ job: StoredJob) {
        let number = (jobs.keys.max() ?? 0) + 1
        jobs[number] = job
        jobNumbers[job.job.id] = number
        forgetJobs { $0 <= number - JobLimits.kept && $1.status.isFinal }
    }

    mutating func update(_ job: StoredJob) { jobNumbers[job.job.id].map { jobs[$0] = job } }

    func openJobs() -> Int { jobs.values.count { !$0.job.status.isFinal } }

    private mutating func forgetJobs(where condition: (Int, Job) -> Bool) {
        for (number, row) in jobs where condition(number, row.job) {
            jobs[number] = nil
            jobNumbers[row.job.id] = nil
        }
    }

    mutating func takeTaskID() -> Int {
        lastTaskID += 1
        return lastTaskID
    }

    mutating func takeNumbers(on board: BoardID?) -> (seq: Int, boardSeq: Int?) {
        head += 1
        guard let board else { return (head, nil) }
        boardHeads[board, default: 0] += 1
        return (head, boardHeads[board])
    }

    mutating func append(_ event: Event) { events.append(event) }

    func answer(to key: String, of user: UserID) -> Answer? { answers[AnswerKey(user: user, key: Array(key.utf8))] }

    mutating func keep(_ answer: Answer, to key: String, of user: UserID) {
        answers[AnswerKey(user: user, key: Array(key.utf8))] = answer
    }

    func head(of board: BoardID) -> Int { boardHeads[board] ?? 0 }
    func number(of job: JobID) -> Int? { jobNumbers[job] }

    /// Writes what was decided on facts.
    mutating func apply(_ changes: Changes) {
        (head, lastTaskID) = (changes.head, changes.lastTask)
        for id in changes.cleared { boards[id].map { delete($0) } }
        boards.merge(changes.boards) { $1 }
        boardHeads.merge(changes.boardHeads) { $1 }
        for (id, task) in changes.tasks { tasks[id] = task }
        for job in changes.jobs.values {
            jobs[job.number] = job.row
            jobNumbers[job.row.job.id] = job.number
        }
        if let newest = changes.newestJob { forgetJobs { $0 <= newest - JobLimits.kept && $1.status.isFinal } }
        for (name, answer) in changes.answers { keep(answer, to: name.text, of: name.user) }
        events += changes.events
    }
}
