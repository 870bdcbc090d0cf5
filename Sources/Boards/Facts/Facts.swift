public import Events
import Synchronization

/// What is known of one tenant, read in one go for a ``Footprint``: a transaction that asks nobody.
///
/// ``Gate`` decides one command after the other on it, each on what the ones before it left; what they changed is
/// gathered as ``changes``, for the store to write.
///
/// A question whose answer is not among the facts is noted in ``missed``, and refused with a failure: the store then
/// begins anew from the facts as they were loaded, with more of them, or without that command.
public struct Facts: BoardTransaction {
    public let tenant: TenantID
    public let epoch: Epoch
    public private(set) var head: Int
    private var lastTask: Int
    private var boards: [BoardID: Board?] = [:]
    private var boardHeads: [BoardID: Int] = [:]
    private var counts: [BoardID: [String: Int]] = [:]
    private var tasks: [Int: BoardTask?] = [:]
    private var columns: [BoardColumn: ColumnFacts] = [:]
    private var jobs: [JobID: NumberedJob?] = [:]
    private var jobCounts: JobCounts?
    private var answers: [Footprint.AnswerName: Answer?] = [:]
    /// What the gate changed.
    public private(set) var changes: Changes
    private var misses = Misses()

    /// Shared by all copies of the facts: a question does not change them.
    private final class Misses: Sendable {
        let footprint = Mutex(Footprint())
    }

    private struct JobCounts {
        var open: Int
        var newest: Int
    }

    /// Facts by which nothing of `footprint` exists; what does is then learned.
    ///
    /// - Parameters:
    ///   - head: the number of the newest event, 0 before the first.
    ///   - lastTask: the newest task's id, 0 before the first.
    ///   - epoch: the one in which numbers are given now.
    public init(_ tenant: TenantID, head: Int, lastTask: Int, epoch: Epoch, asked footprint: Footprint) {
        self.tenant = tenant
        self.head = head
        self.lastTask = lastTask
        self.epoch = epoch
        changes = Changes(head: head, lastTask: lastTask)
        for id in footprint.boards { forget(id) }
        for id in footprint.counts { counts[id] = [:] }
        for id in footprint.tasks { tasks.updateValue(nil, forKey: id) }
        for id in footprint.jobs { jobs.updateValue(nil, forKey: id) }
        for name in footprint.answers { answers.updateValue(nil, forKey: name) }
        if footprint.countsJobs { jobCounts = JobCounts(open: 0, newest: 0) }
    }

    private mutating func forget(_ board: BoardID) {
        boards.updateValue(nil, forKey: board)
        boardHeads[board] = 0
    }

    // MARK: Learning

    /// - Parameters:
    ///   - board: nil for one that was deleted, or that events alone were about.
    ///   - head: the number of its newest event, 0 before the first.
    public mutating func learn(_ board: Board?, _ id: BoardID, head: Int) {
        boards[id] = .some(board)
        boardHeads[id] = head
    }

    public mutating func learn(_ task: BoardTask) { tasks[task.id] = task }

    /// How many tasks of a board have each status.
    public mutating func learn(_ counts: [String: Int], on board: BoardID) { self.counts[board] = counts }

    /// - Parameter number: its place in the order in which the tenant's jobs were made.
    public mutating func learn(_ job: StoredJob, number: Int) {
        jobs[job.job.id] = NumberedJob(number: number, row: job)
    }

    public mutating func learn(openJobs: Int, newest: Int) { jobCounts = JobCounts(open: openJobs, newest: newest) }

    public mutating func learn(_ answer: Answer, to name: Footprint.AnswerName) { answers[name] = answer }

    /// The tasks of a column, as many as ``Footprint/depth`` says, from the last one backwards.
    public mutating func learn(_ found: [(rank: Rank, id: Int)], atEndOf column: BoardColumn, depth: Int) {
        columns[column, default: ColumnFacts()].learn(
            found.map(ColumnFacts.Entry.init), after: nil, backwards: true, isCut: found.count >= depth)
    }

    /// The tasks of a column, as many as ``Footprint/depth`` says, from the first one above `rank` on.
    public mutating func learn(_ found: [(rank: Rank, id: Int)], of column: BoardColumn, after rank: Rank?, depth: Int)
    {
        columns[column, default: ColumnFacts()].learn(
            found.map(ColumnFacts.Entry.init), after: rank, isCut: found.count >= depth)
    }

    /// Every task of a column.
    public mutating func learn(_ all: [BoardTask], of column: BoardColumn) {
        for task in all { learn(task) }
        columns[column, default: ColumnFacts()].learn(all.map { ColumnFacts.Entry($0) }, after: nil, isCut: false)
    }

    /// The column that `end` means; nil when there is no such board.
    public func column(_ end: Footprint.End) -> BoardColumn? {
        guard case .some(.some(let board)) = boards[end.board] else { return nil }
        return BoardColumn(board: board.id, status: end.status ?? board.columns[0].id)
    }

    /// The column of that status on the board of a task; nil when there is no such task.
    public func column(of task: Int, _ status: String) -> BoardColumn? {
        guard case .some(.some(let task)) = tasks[task] else { return nil }
        return BoardColumn(board: task.board, status: status)
    }

    /// The rank of a task, nil when there is no such task.
    public func rank(of task: Int) -> Rank? { tasks[task].flatMap { $0?.rank } }

    // MARK: Misses

    /// What was asked and is not known. Empty as long as every question was answered.
    public var missed: Footprint { misses.footprint.withLock { $0 } }

    /// The same facts, of which nothing was asked yet.
    var afresh: Facts {
        var facts = self
        facts.misses = Misses()
        return facts
    }

    private func missing<Value>(_ note: (inout Footprint) -> Void) throws(BoardError) -> Value {
        misses.footprint.withLock { note(&$0) }
        throw .failed(.broken("a question was asked that is outside of the command's footprint"))
    }
}

// MARK: - What the gate asks and does

extension Facts {
    public func board(_ id: BoardID) throws(BoardError) -> Board? {
        guard let board = boards[id] else { return try missing { $0.boards.insert(id) } }
        return board
    }

    public mutating func insert(_ board: Board) { set(board) }
    public mutating func update(_ board: Board) { set(board) }

    private mutating func set(_ board: Board) {
        boards[board.id] = .some(board)
        changes.boards[board.id] = board
    }

    public mutating func delete(_ board: Board) {
        boards.updateValue(nil, forKey: board.id)
        changes.boards[board.id] = nil
        changes.cleared.insert(board.id)
        for (id, task) in tasks where task?.board == board.id {
            tasks.updateValue(nil, forKey: id)
            changes.tasks[id] = nil
        }
        for column in columns.keys where column.board == board.id { columns[column] = .empty }
        counts[board.id] = [:]
        for (id, job) in jobs where job?.row.job.board == board.id {
            jobs.updateValue(nil, forKey: id)
            changes.jobs[id] = nil
        }
        // Those of the board that are open are gone, and not known.
        jobCounts = nil
    }

    public func statusesInUse(on board: BoardID) throws(BoardError) -> Set<String> {
        guard let counts = counts[board] else { return try missing { $0.counts.insert(board) } }
        return Set(counts.lazy.filter { $0.value > 0 }.map(\.key))
    }

    public func task(_ id: Int) throws(BoardError) -> BoardTask? {
        guard let task = tasks[id] else { return try missing { $0.tasks.insert(id) } }
        return task
    }

    public mutating func insert(_ task: BoardTask) { place(nil, task) }

    public mutating func update(_ task: BoardTask) { place(tasks[task.id] ?? nil, task) }

    public mutating func delete(_ task: BoardTask) {
        leave(task)
        tasks.updateValue(nil, forKey: task.id)
        changes.tasks.updateValue(nil, forKey: task.id)
    }

    private mutating func place(_ old: BoardTask?, _ new: BoardTask) {
        if let old { leave(old) }
        columns[new.column]?.insert(ColumnFacts.Entry(new))
        counts[new.board]?[new.status, default: 0] += 1
        tasks[new.id] = .some(new)
        changes.tasks[new.id] = .some(new)
    }

    private mutating func leave(_ task: BoardTask) {
        columns[task.column]?.remove(ColumnFacts.Entry(task))
        counts[task.board]?[task.status, default: 0] -= 1
    }

    public func tasks(in column: BoardColumn) throws(BoardError) -> [BoardTask] {
        guard let known = columns[column], known.isWhole else { return try missing { $0.columns.insert(column) } }
        let found = known.entries.compactMap { entry in tasks[entry.id].flatMap { $0 } }
        guard found.count == known.entries.count else { return try missing { $0.columns.insert(column) } }
        return found
    }

    public func lastRank(in column: BoardColumn) throws(BoardError) -> Rank? {
        guard let last = columns[column]?.last else { return try missing { $0.add(endOf: column) } }
        return last
    }

    public func nextRank(in column: BoardColumn, after rank: Rank?, without id: Int) throws(BoardError) -> Rank? {
        guard let next = columns[column]?.next(after: rank, without: id) else {
            return try missing { $0.columns.insert(column) }
        }
        return next
    }

    public func job(_ id: JobID) throws(BoardError) -> StoredJob? {
        guard let job = jobs[id] else { return try missing { $0.jobs.insert(id) } }
        return job?.row
    }

    public mutating func insert(_ job: StoredJob) throws(BoardError) {
        guard jobCounts != nil else { return try missing { $0.countsJobs = true } }
        jobCounts!.newest += 1
        jobCounts!.open += job.job.status.isFinal ? 0 : 1
        set(NumberedJob(number: jobCounts!.newest, row: job))
        changes.newestJob = jobCounts!.newest
    }

    public mutating func update(_ job: StoredJob) throws(BoardError) {
        guard let old = jobs[job.job.id] ?? nil else { return try missing { $0.jobs.insert(job.job.id) } }
        if !old.row.job.status.isFinal, job.job.status.isFinal { jobCounts?.open -= 1 }
        set(NumberedJob(number: old.number, row: job))
    }

    private mutating func set(_ job: NumberedJob) {
        jobs[job.row.job.id] = .some(job)
        changes.jobs[job.row.job.id] = job
    }

    public func openJobs() throws(BoardError) -> Int {
        guard let jobCounts else { return try missing { $0.countsJobs = true } }
        return jobCounts.open
    }

    public mutating func takeTaskID() throws(BoardError) -> Int {
        lastTask = try next(lastTask)
        changes.lastTask = lastTask
        return lastTask
    }

    public mutating func takeNumbers(on board: BoardID?) throws(BoardError) -> (seq: Int, boardSeq: Int?) {
        let seq = try next(head)
        var boardSeq: Int?
        if let board {
            guard let head = boardHeads[board] else { return try missing { $0.boards.insert(board) } }
            let number = try next(head)
            boardHeads[board] = number
            changes.boardHeads[board] = number
            boardSeq = number
        }
        head = seq
        changes.head = seq
        return (seq, boardSeq)
    }

    /// Counting never exhausts the numbers; only a damaged row comes near the limit, which JavaScript has for whole ones.
    private func next(_ number: Int) throws(BoardError) -> Int {
        guard number < (1 << 53) - 1 else { throw .failed(.broken("the tenant's numbers are used up")) }
        return number + 1
    }

    public mutating func append(_ event: Event) { changes.events.append(event) }

    public func answer(to key: String, of user: UserID) throws(BoardError) -> Answer? {
        let name = Footprint.AnswerName(user: user, key: key)
        guard let answer = answers[name] else { return try missing { $0.answers.insert(name) } }
        return answer
    }

    public mutating func keep(_ answer: Answer, to key: String, of user: UserID) {
        let name = Footprint.AnswerName(user: user, key: key)
        answers[name] = .some(answer)
        changes.answers[name] = answer
    }
}

extension ColumnFacts.Entry {
    init(_ task: BoardTask) { self.init(rank: task.rank, id: task.id) }
}
