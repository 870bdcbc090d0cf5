import Events
import StrictJSON

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
