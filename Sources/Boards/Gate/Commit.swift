public import Events

/// The result of a write. When a caller has it, the change and its events are on disk and announced.
public struct Commit<Subject: Sendable>: Sendable {
    /// The number of the write's last event; when nothing changed, that of the tenant's newest event.
    public let seq: Int
    /// What was written: its new state, or its last state when it was deleted.
    public let subject: Subject

    init(seq: Int, _ subject: Subject) {
        self.seq = seq
        self.subject = subject
    }
}

extension Commit: Equatable where Subject: Equatable {}

/// The subject of a commit when the kind of its command is not known statically.
public enum Written: Sendable {
    case task(BoardTask)
    case board(Board)
    case job(StoredJob)
    /// Several tasks at once, or an event alone.
    case nothing
}

extension Commit where Subject == BoardTask {
    public var task: BoardTask { subject }
    var erased: Commit<Written> { .init(seq: seq, .task(subject)) }
}

extension Commit where Subject == Board {
    public var board: Board { subject }
    var erased: Commit<Written> { .init(seq: seq, .board(subject)) }
}

extension Commit where Subject == StoredJob {
    public var job: Job { subject.job }
    /// When held progress of the job is to be announced; nil when none is held. Not kept with an answer.
    public var heldUntil: Timestamp? { subject.heldUntil }
    var erased: Commit<Written> { .init(seq: seq, .job(subject)) }
}

extension Commit where Subject == Written {
    /// The same commit, with its subject narrowed to the kind that the command was about.
    ///
    /// - Throws: ``BoardError/keyReused`` for another kind, which can only be the first answer to another command.
    public func narrowed<Narrow>(_ narrow: (Written) -> Narrow?) throws(BoardError) -> Commit<Narrow> {
        guard let subject = narrow(subject) else { throw .keyReused }
        return Commit<Narrow>(seq: seq, subject)
    }
}

extension Written {
    public var task: BoardTask? { if case .task(let task) = self { task } else { nil } }
    public var board: Board? { if case .board(let board) = self { board } else { nil } }
    public var job: StoredJob? { if case .job(let job) = self { job } else { nil } }
}
