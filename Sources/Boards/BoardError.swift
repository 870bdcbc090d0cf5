public import Events

/// Why a write or a read was not done: the store refused, or failed. The gateway gives each case its HTTP status, once.
public enum BoardError: Error, Equatable, CustomStringConvertible {
    /// No such board, task or job in this tenant.
    case notFound(Subject)
    /// The token does not allow that board.
    case forbidden
    /// The job is another's, and the token's role does not allow to report on it.
    case jobForbidden
    /// The task is not of the version that the caller wants to change; here is what it is now.
    case versionMismatch(BoardTask)
    case boardVersionMismatch(Board)
    case conflict(Conflict)
    /// The request is invalid for these reasons, of which there is at least one.
    case invalid([FieldError])
    /// The idempotency key was used for something else in the last 24 h.
    case keyReused
    /// The store failed; this is not a refusal.
    case failed(StoreFailure)

    public enum Subject: Sendable, Equatable {
        case board(BoardID)
        case task(Int)
        case job(JobID)
    }

    public enum Conflict: Sendable, Equatable, CustomStringConvertible {
        case boardExists(BoardID)
        /// `main` can't be deleted.
        case boardIsPermanent(BoardID)
        /// These would be removed from the board but have tasks.
        case statusesInUse([String])
        /// The tenant is at the limit of revocations that are kept.
        case revocationsFull(limit: Int)
        /// The tenant is at its limit of unfinished jobs.
        case jobsFull(limit: Int)
        /// The job is finished, and its state differs from what the report asks for.
        case jobIsFinal(JobStatus)
        /// A job that has begun can't be queued again.
        case jobHasBegun
        case progressFalls(from: Int, to: Int)

        public var description: String {
            switch self {
            case .boardExists(let id): "there is a board \(id) already"
            case .boardIsPermanent(let id): "the board \(id) can't be deleted"
            case .statusesInUse(let statuses): "there are tasks in \(statuses.joined(separator: ", "))"
            case .revocationsFull(let limit):
                "there are \(limit) revocations already; use issuedBefore, which covers many tokens at once"
            case .jobsFull(let limit): "there are \(limit) unfinished jobs already; finish or cancel some"
            case .jobIsFinal(let status): "the job is \(status.rawValue), which is final"
            case .jobHasBegun: "the job has begun and can't be queued again"
            case .progressFalls(let from, let to): "progress never falls: the job is at \(from), not at \(to)"
            }
        }
    }

    static func invalid(_ name: String, _ detail: String) -> BoardError {
        .invalid([FieldError(name: name, detail)])
    }

    public var description: String {
        switch self {
        case .notFound(.board(let id)): "no board \(id)"
        case .notFound(.task(let id)): "no task \(id)"
        case .notFound(.job(let id)): "no job \(id)"
        case .forbidden: "the token is not good for that board"
        case .jobForbidden: "the job is another's"
        case .versionMismatch(let task): "task \(task.id) is at version \(task.version)"
        case .boardVersionMismatch(let board): "board \(board.id) is at version \(board.version)"
        case .conflict(let conflict): conflict.description
        case .invalid(let errors): errors.map(\.description).joined(separator: "; ")
        case .keyReused: "the idempotency key was used for another request"
        case .failed(let failure): failure.description
        }
    }
}
