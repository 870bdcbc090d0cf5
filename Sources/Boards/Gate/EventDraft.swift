import Events
import StrictJSON

/// What an event says, before it has its numbers.
struct EventDraft {
    let type: EventType
    var task: BoardTask?
    /// With ``task``, which has the new one.
    var previousStatus: String?
    var changes: [FieldChange] = []
    var board: Board?
    var job: Job?
    var data: JSONValue?

    /// The whole object as clients see it; members in this order, those that do not apply left out.
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
            writeContent(into: &$0)
            if case .user(let id) = audience {
                $0.name("userId")
                $0.string(id.rawValue)
            }
            if let data {
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

    private func writeContent(into json: inout JSONWriter) {
        if let task {
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
        }
        if !changes.isEmpty {
            json.name("changes")
            json.object { writer in
                for change in changes {
                    writer.name(change.field)
                    writer.array([change.old, change.new]) { $0.value($1) }
                }
            }
        }
        if let board {
            json.name("board")
            board.write(into: &json)
        }
        if let job {
            json.name("jobId")
            json.string(job.id.rawValue)
            json.name("job")
            job.write(into: &json, withInput: false)
        }
    }
}
