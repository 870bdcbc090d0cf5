public import Events
public import StrictJSON

/// A kanban item. Swift's own `Task` has the shorter name.
public struct BoardTask: Sendable, Equatable {
    /// Per tenant, from 1, never used again.
    public let id: Int
    public let board: BoardID
    public var name: String
    public var description: String
    public var status: String
    public var priority: Priority
    public var assignee: UserID?
    public var labels: [String]
    public var dueAt: Timestamp?
    /// Where it stands in its column.
    public var rank: Rank
    /// 1 when made; one more with each change.
    public var version: Int
    /// The epoch in which ``version`` was written; not a part of what clients see as its fields.
    public var epoch: Epoch
    public let createdBy: UserID
    public let createdAt: Timestamp
    public var updatedAt: Timestamp

    public init(
        id: Int, board: BoardID, name: String, description: String, status: String, priority: Priority,
        assignee: UserID?, labels: [String], dueAt: Timestamp?, rank: Rank, version: Int,
        epoch: Epoch = .unknown, createdBy: UserID, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.board = board
        self.name = name
        self.description = description
        self.status = status
        self.priority = priority
        self.assignee = assignee
        self.labels = labels
        self.dueAt = dueAt
        self.rank = rank
        self.version = version
        self.epoch = epoch
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    package var column: BoardColumn { BoardColumn(board: board, status: status) }

    /// Writes the object as clients see it.
    public func write(into json: inout JSONWriter) {
        json.object {
            $0.name("id")
            $0.int(id)
            $0.name("boardId")
            $0.string(board.rawValue)
            $0.name("name")
            $0.string(name)
            $0.name("description")
            $0.string(description)
            $0.name("status")
            $0.string(status)
            $0.name("priority")
            $0.string(priority.rawValue)
            $0.name("assigneeId")
            if let assignee { $0.string(assignee.rawValue) } else { $0.null() }
            $0.name("labels")
            $0.array(labels) { $0.string($1) }
            $0.name("dueAt")
            if let dueAt { $0.timestamp(dueAt) } else { $0.null() }
            $0.name("rank")
            $0.string(rank.rawValue)
            $0.name("version")
            $0.int(version)
            $0.name("createdBy")
            $0.string(createdBy.rawValue)
            $0.name("createdAt")
            $0.timestamp(createdAt)
            $0.name("updatedAt")
            $0.timestamp(updatedAt)
        }
    }

    /// What ``write(into:)`` writes.
    public static let schema = JSONSchema.object([
        .required("id", .integer(from: 1)),
        .required("boardId", .boardID),
        .required("name", .text(1...500)),
        .required("description", .text(0...20_000)),
        .required("status", .status),
        .required("priority", .oneOf(Priority.allCases.map(\.rawValue))),
        .required("assigneeId", JSONSchema.userID.orNull),
        .required("labels", .array(of: .text(1...100), 0...50, distinct: true)),
        .required("dueAt", JSONSchema.time.orNull),
        .required("rank", .text().described("Where it stands in its column: ranks are compared byte by byte.")),
        .required("version", .integer(from: 1)),
        .required("createdBy", .userID),
        .required("createdAt", .time),
        .required("updatedAt", .time),
    ]).named("Task")

    /// Compares what clients see; texts by bytes.
    public static func == (left: BoardTask, right: BoardTask) -> Bool {
        left.id == right.id && left.board == right.board && left.version == right.version
            && left.createdBy == right.createdBy && left.createdAt == right.createdAt
            && left.updatedAt == right.updatedAt && left.placeChanges(to: right).isEmpty
            && left.fieldChanges(to: right).isEmpty
    }
}

extension BoardTask {
    /// Reads what ``write(into:)`` wrote; nil for anything else.
    public init?(_ object: JSONObject) {
        func nullable<Value>(_ name: String, _ read: (String) -> Value?) -> Value?? {
            guard let value = object[name] else { return nil }
            return value.isNull ? .some(nil) : value.string.flatMap(read).map(Optional.some)
        }
        guard let id = object["id"]?.int, let board = object["boardId"]?.string.flatMap(BoardID.init),
            let name = object["name"]?.string, let description = object["description"]?.string,
            let status = object["status"]?.string,
            let priority = object["priority"]?.string.flatMap(Priority.init),
            let assignee = nullable("assigneeId", UserID.init),
            let labels = object["labels"]?.array?.compactMap(\.string),
            let dueAt = nullable("dueAt", Timestamp.init(rfc3339:)),
            let rank = object["rank"]?.string.flatMap(Rank.init), let version = object["version"]?.int,
            let createdBy = object["createdBy"]?.string.flatMap(UserID.init),
            let createdAt = object["createdAt"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let updatedAt = object["updatedAt"]?.string.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            id: id, board: board, name: name, description: description, status: status, priority: priority,
            assignee: assignee, labels: labels, dueAt: dueAt, rank: rank, version: version, createdBy: createdBy,
            createdAt: createdAt, updatedAt: updatedAt)
    }
}

/// One status of one board: the tasks between which ranks decide.
public struct BoardColumn: Sendable, Hashable {
    public let board: BoardID
    public let status: String

    public init(board: BoardID, status: String) {
        self.board = board
        self.status = status
    }
}
