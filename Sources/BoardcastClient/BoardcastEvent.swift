public import Foundation

/// One event of a stream.
public struct BoardcastEvent: Sendable {
    /// `task.created`, `job.progress`, or the name that a published event was given.
    public let type: String
    /// Where to continue after this event; nil for one that is not in the log, such as presence.
    public let cursor: String?
    /// Its number in the tenant's log; nil for one that is not there.
    public let seq: Int?
    /// Nil for events for one user, or for everybody in the tenant.
    public let boardID: String?
    /// Who did it.
    public let actor: String?
    /// What it says.
    public let content: Content
    /// All of it, as the gateway sent it.
    public let json: Data

    public enum Content: Sendable {
        /// `task.created`, `task.updated`, `task.status_changed`, and `task.deleted` with the task as it was at last.
        case task(TaskChange)
        /// `board.created`, `board.updated`; of `board.deleted` the board is nil.
        case board(Board?)
        /// `job.created`, `job.progress`, `job.completed`, `job.failed`.
        case job(Job)
        /// `presence.state`: all who are there. It replaces what was known.
        case present([String])
        case joined(String)
        case left(String)
        case typing(Typing)
        /// The log does not reach back to the cursor, for this reason: load the state again. What comes next follows this
        /// event's ``BoardcastEvent/cursor``.
        case resync(reason: String)
        /// A published event, or one that this version does not know: it is in ``BoardcastEvent/json``.
        case other
    }

    public struct TaskChange: Codable, Sendable {
        public let taskId: Int
        public let task: BoardTask
        /// Of `task.status_changed`.
        public let previousStatus: String?
        public let newStatus: String?
    }

    public struct Typing: Codable, Sendable {
        public let taskId: Int
        public let userId: String
        /// False when the user has stopped.
        public let typing: Bool
    }
}

/// How a stream is connected.
public enum ConnectionState: Sendable, Equatable {
    case connecting
    case live
    /// Cut off, for this reason; it tries again by itself.
    case waiting(because: String)
}

/// What every event may have, and what those about the stream have.
struct EventHead: Decodable {
    let type: String
    let seq: Int?
    let boardId: String?
    let actor: String?
    let cursor: String?
    let connectionId: String?
    let heartbeatSeconds: Double?
    let reason: String?
    let reconnect: Bool?
    let reconnectAfterMilliseconds: Double?
    let users: [String]?
    let userId: String?
}

extension BoardcastEvent {
    init(_ head: EventHead, cursor: String?, json: Data) {
        (type, seq, boardID, actor) = (head.type, head.seq, head.boardId, head.actor)
        (self.cursor, self.json) = (cursor, json)
        content = Self.content(head, json)
    }

    /// An event that is not of the known form is one of another version.
    private static func content(_ head: EventHead, _ json: Data) -> Content {
        struct OfBoard: Decodable { let board: Board? }
        struct OfJob: Decodable { let job: Job }
        func read<Value: Decodable>(_ make: (Value) -> Content) -> Content {
            (try? BoardcastJSON.decode(json)).map(make) ?? .other
        }
        switch head.type {
        case "stream.resync": return .resync(reason: head.reason ?? "")
        case "presence.state": return .present(head.users ?? [])
        case "presence.joined": return .joined(head.userId ?? "")
        case "presence.left": return .left(head.userId ?? "")
        case "typing": return read { .typing($0) }
        case _ where head.type.hasPrefix("task."): return read { .task($0) }
        case _ where head.type.hasPrefix("board."): return read { (found: OfBoard) in .board(found.board) }
        case _ where head.type.hasPrefix("job."): return read { (found: OfJob) in .job(found.job) }
        default: return .other
        }
    }
}
