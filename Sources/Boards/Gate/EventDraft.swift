public import Events
public import StrictJSON

/// The content of an event before it is numbered.
struct EventDraft {
    enum Content {
        /// - Parameter previousStatus: the status before the move, for a task that has changed its column.
        case task(BoardTask, previousStatus: String? = nil, changes: [FieldChange] = [])
        case board(Board, changes: [FieldChange] = [])
        case job(Job)
        /// A publisher's own.
        case data(JSONValue)
    }

    let type: EventType
    let content: Content

    /// The event's whole JSON object as clients see it, with members in this order; those that do not apply are left
    /// out.
    func json(
        seq: Int, boardSeq: Int?, audience: Audience, actor: UserID, op: String?, timestamp: Timestamp
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object {
            $0.name("type")
            $0.string(type.rawValue)
            $0.name("seq")
            $0.int(seq)
            if case .board(let id) = audience, let boardSeq {
                $0.name("boardId")
                $0.string(id.rawValue)
                $0.name("boardSeq")
                $0.int(boardSeq)
            }
            writeSubject(into: &$0)
            if case .user(let id) = audience {
                $0.name("userId")
                $0.string(id.rawValue)
            }
            if case .data(let data) = content {
                $0.name("data")
                $0.value(data)
            }
            $0.name("actor")
            $0.string(actor.rawValue)
            if let op {
                $0.name("op")
                $0.string(op)
            }
            $0.name("timestamp")
            $0.timestamp(timestamp)
        }
        return json.bytes
    }

    /// What ``json(seq:boardSeq:audience:actor:op:timestamp:)`` writes.
    static let schema = JSONSchema.anyOf([taskSchema, boardSchema, jobSchema, ownSchema]).named("Event")

    private static let taskSchema = schema(
        of: .oneOf(["task.created", "task.updated", "task.status_changed", "task.deleted"]),
        [
            .required("taskId", .integer(from: 1)),
            .required("task", BoardTask.schema),
            .optional("previousStatus", .status),
            .optional("newStatus", .status),
            .optional("changes", FieldChange.schema),
        ]
    ).named("TaskEvent")

    private static let boardSchema = schema(
        of: .oneOf(["board.created", "board.updated", "board.deleted"]),
        [.optional("changes", FieldChange.schema), .required("board", Board.schema)]
    ).named("BoardEvent")

    private static let jobSchema = schema(
        of: .oneOf(["job.created", "job.progress", "job.completed", "job.failed"]),
        [.required("jobId", .jobID), .required("job", Job.schema)]
    ).named("JobEvent")

    private static let ownSchema = schema(of: .ownEventType, [.required("data", .any)]).named("PublishedEvent")

    private static func schema(of type: JSONSchema, _ members: [JSONSchema.Member]) -> JSONSchema {
        .object(
            [
                .required("type", type),
                .required("seq", JSONSchema.integer(from: 1).described("Dense in the tenant.")),
                .optional("boardId", .boardID),
                .optional("boardSeq", JSONSchema.integer(from: 1).described("Dense on the board.")),
            ] + members + [
                .optional("userId", JSONSchema.userID.described("The one whom it is for, where it is for one.")),
                .required("actor", .userID),
                .optional("op", JSONSchema.text(1...128).described("The write's Idempotency-Key.")),
                .required("timestamp", .time),
            ])
    }

    private func writeSubject(into json: inout JSONWriter) {
        switch content {
        case .task(let task, let previousStatus, let changes):
            json.name("taskId")
            json.int(task.id)
            json.name("task")
            task.write(into: &json)
            if let previousStatus {
                json.name("previousStatus")
                json.string(previousStatus)
                json.name("newStatus")
                json.string(task.status)
            }
            write(changes, into: &json)
        case .board(let board, let changes):
            write(changes, into: &json)
            json.name("board")
            board.write(into: &json)
        case .job(let job):
            json.name("jobId")
            json.string(job.id.rawValue)
            json.name("job")
            job.write(into: &json, withInput: false)
        case .data: break
        }
    }

    private func write(_ changes: [FieldChange], into json: inout JSONWriter) {
        guard !changes.isEmpty else { return }
        json.name("changes")
        json.object { writer in
            for change in changes {
                writer.name(change.field)
                writer.array([change.old, change.new]) { $0.value($1) }
            }
        }
    }
}

extension Event {
    /// What ``json`` is.
    public static let schema = EventDraft.schema
}

extension JSONSchema {
    /// The type of an event of a publisher's own: not of the gateway's families.
    public static let ownEventType = eventType.except(
        text(pattern: "^(\(EventType.reservedFamilies.sorted().joined(separator: "|")))\\."))
}
