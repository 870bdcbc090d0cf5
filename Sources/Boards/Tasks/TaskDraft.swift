public import Events
public import StrictJSON

/// A task to be created, validated as far as possible without the store.
public struct TaskDraft: Sendable {
    public let board: BoardID
    public let name: String
    public let description: String
    /// Nil for the board's first.
    public let status: String?
    public let priority: Priority
    public let assignee: UserID?
    public let labels: [String]
    public let dueAt: Timestamp?

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        let name = fields.taskName()
        if fields.value("name") == nil { fields.refuse("name", "is required") }
        board = fields.boardID("boardId") ?? .main
        description = fields.taskDescription() ?? ""
        status = fields.status()
        priority = fields.priority() ?? .medium
        assignee = fields.assignee() ?? nil
        labels = fields.labels() ?? []
        dueAt = fields.dueAt() ?? nil
        fields.refuseServerOwned("id", "rank", "version", "createdBy", "createdAt", "updatedAt")
        try fields.finish()
        self.name = name!
    }

    /// What ``init(_:)`` takes.
    public static let schema = JSONSchema.closed(
        [
            .required("name", .taskName),
            .optional("boardId", JSONSchema.boardID.defaulting(to: .string(BoardID.main.rawValue))),
        ] + JSONSchema.taskFields
    ).named("TaskDraft")
}

/// Changes to a task, as a merge patch (RFC 7396): nil keeps, null in the patch resets to the default.
public struct TaskPatch: Sendable {
    public let name: String?
    public let description: String?
    /// Moves the task to the end of that column.
    public let status: String?
    public let priority: Priority?
    /// `.some(nil)` clears.
    public let assignee: UserID??
    public let labels: [String]?
    /// `.some(nil)` clears.
    public let dueAt: Timestamp??
    let own: OwnMembers

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        name = fields.taskName()
        description = fields.taskDescription()
        status = fields.status()
        priority = fields.priority()
        assignee = fields.assignee()
        labels = fields.labels()
        dueAt = fields.dueAt()
        own = fields.own("id", "boardId", "rank", "version", "createdBy", "createdAt", "updatedAt")
        try fields.finish()
    }

    /// What ``init(_:)`` takes.
    public static let schema = JSONSchema.closed(
        [.optional("name", .taskName)] + JSONSchema.taskFields
            + JSONSchema.own("id", "boardId", "rank", "version", "createdBy", "createdAt", "updatedAt")
    ).named("TaskPatch")

    /// The task with every change applied except the status, which also needs a rank.
    func applied(to task: BoardTask) -> BoardTask {
        var task = task
        task.name = name ?? task.name
        task.description = description ?? task.description
        task.priority = priority ?? task.priority
        task.assignee = assignee ?? task.assignee
        task.labels = labels ?? task.labels
        task.dueAt = dueAt ?? task.dueAt
        return task
    }
}

/// Where a task is to stand.
public struct TaskMove: Sendable {
    public let status: String
    /// The task after which it is placed; nil for the first place.
    public let after: Int?

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        let status = fields.status()
        if fields.value("status") == nil { fields.refuse("status", "is required") }
        after = fields.nullableInt("after") ?? nil
        try fields.finish()
        self.status = status!
    }

    /// What ``init(_:)`` takes.
    public static let schema = JSONSchema.closed([
        .required("status", .status),
        .optional("after", JSONSchema.integer.orNull.described("The task before it; null for the first place.")),
    ]).named("TaskMove")
}

extension JSONSchema {
    fileprivate static let taskName = text(1...500).described("Not of blanks and invisible characters alone.")

    /// Null resets a member to what it is without one.
    fileprivate static let taskFields: [Member] = [
        .optional("description", text(0...20_000).orNull),
        .optional("status", status.described("One of the board's; without it the first.")),
        .optional("priority", oneOf(Priority.allCases.map(\.rawValue)).orNull),
        .optional("assigneeId", userID.orNull),
        .optional("labels", array(of: text(1...100), 0...50, distinct: true).orNull),
        .optional("dueAt", text().orNull.described("RFC 3339, or a day: `2026-01-15`.")),
    ]
}

extension FieldReader {
    fileprivate mutating func taskName() -> String? { shownText("name", 1...500) }
    fileprivate mutating func taskDescription() -> String? { text("description", 0...20_000, null: "") }

    fileprivate mutating func priority() -> Priority? {
        guard let value = value("priority") else { return nil }
        if value.isNull { return .medium }
        guard let priority = value.string.flatMap(Priority.init) else {
            refuse("priority", "must be one of \(Priority.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return priority
    }

    fileprivate mutating func assignee() -> UserID?? {
        guard let value = value("assigneeId") else { return nil }
        if value.isNull { return .some(nil) }
        guard let user = value.string.flatMap(UserID.init) else {
            refuse("assigneeId", "must be 1 to 255 bytes without U+0000, or null")
            return nil
        }
        return user
    }

    fileprivate mutating func labels() -> [String]? {
        distinctStrings("labels", 0...50, null: []) { Self.problem(with: $0, 1...100) }
    }

    fileprivate mutating func dueAt() -> Timestamp?? {
        guard let value = value("dueAt") else { return nil }
        if value.isNull { return .some(nil) }
        guard let time = value.string.flatMap(Timestamp.init(dayOrTime:)) else {
            refuse("dueAt", "must be a time such as 2026-01-15T10:30:00Z (RFC 3339), a day such as 2026-01-15, or null")
            return nil
        }
        return time
    }
}
