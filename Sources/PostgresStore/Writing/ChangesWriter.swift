import Boards
import Events

/// The statements that write what was decided for some tenants: one for each table, however many rows there are, in the
/// order that ``Boards/Changes`` asks for. Rows that are long are spread over several statements.
struct ChangesWriter {
    /// One tenant's part of a group.
    struct Part {
        let tenant: Int
        let changes: Changes
        /// The oldest event that is to be held from now on; nil for no change.
        let oldest: Int?
    }

    /// Bytes of rows in one statement, beyond which the next begins.
    static let mostBytes = 1 << 20

    private let parts: [Part]
    private(set) var statements: [Statement] = []

    init(_ parts: [Part]) {
        self.parts = parts
        clear()
        writeBoards()
        writeTasks()
        writeJobs()
        writeAnswers()
        writeEvents()
        writeTenants()
    }

    private mutating func clear() {
        for part in parts {
            for board in part.changes.cleared {
                let values: [SQLValue] = [.int(part.tenant), .text(board.rawValue)]
                statements += [
                    Statement("DELETE FROM boardcast.tasks WHERE tenant = $1 AND board = $2", values),
                    Statement("DELETE FROM boardcast.jobs WHERE tenant = $1 AND board = $2", values),
                    Statement("DELETE FROM boardcast.boards WHERE tenant = $1 AND id = $2", values),
                ]
            }
        }
    }

    private mutating func writeBoards() {
        let boards = parts.flatMap { part in part.changes.boards.values.map { (tenant: part.tenant, board: $0) } }
        if !boards.isEmpty {
            upsert(
                "boards", key: "tenant, id",
                [
                    ("tenant", .ints(boards.map(\.tenant))), ("id", .texts(boards.map(\.board.id.rawValue))),
                    ("name", .texts(boards.map(\.board.name))),
                    ("first_status", .texts(boards.map(\.board.columns[0].id))),
                    ("columns", .texts(boards.map { JSONText.text($0.board.columns) })),
                    ("version", .ints(boards.map(\.board.version))),
                    ("epoch", .ints(boards.map { Int($0.board.epoch.rawValue) })),
                    ("created_at", .ints(boards.map(\.board.createdAt.milliseconds))),
                    ("updated_at", .ints(boards.map(\.board.updatedAt.milliseconds))),
                ])
        }
        let heads = parts.flatMap { part in
            part.changes.boardHeads.map { (tenant: part.tenant, board: $0.key.rawValue, head: $0.value) }
        }
        guard !heads.isEmpty else { return }
        upsert(
            "board_heads", key: "tenant, board",
            [
                ("tenant", .ints(heads.map(\.tenant))), ("board", .texts(heads.map(\.board))),
                ("head", .ints(heads.map(\.head))),
            ])
    }

    private mutating func writeTasks() {
        var written: [(tenant: Int, task: BoardTask)] = []
        for part in parts {
            var deleted: [Int] = []
            for (id, task) in part.changes.tasks {
                if let task { written.append((part.tenant, task)) } else { deleted.append(id) }
            }
            if !deleted.isEmpty {
                statements.append(
                    Statement(
                        "DELETE FROM boardcast.tasks WHERE tenant = $1 AND id = ANY($2)", .int(part.tenant),
                        .ints(deleted)))
            }
        }
        for rows in Self.slices(written, size: { $0.task.footprint }) {
            upsert(
                "tasks", key: "tenant, id",
                [
                    ("tenant", .ints(rows.map(\.tenant))), ("id", .ints(rows.map(\.task.id))),
                    ("board", .texts(rows.map(\.task.board.rawValue))), ("name", .texts(rows.map(\.task.name))),
                    ("description", .texts(rows.map(\.task.description))), ("status", .texts(rows.map(\.task.status))),
                    ("priority", .texts(rows.map(\.task.priority.rawValue))),
                    ("assignee", .texts(rows.map(\.task.assignee?.rawValue))),
                    ("labels", .texts(rows.map { JSONText.text($0.task.labels) })),
                    ("due_at", .ints(rows.map(\.task.dueAt?.milliseconds))),
                    ("rank", .texts(rows.map(\.task.rank.rawValue))), ("version", .ints(rows.map(\.task.version))),
                    ("epoch", .ints(rows.map { Int($0.task.epoch.rawValue) })),
                    ("created_by", .texts(rows.map(\.task.createdBy.rawValue))),
                    ("created_at", .ints(rows.map(\.task.createdAt.milliseconds))),
                    ("updated_at", .ints(rows.map(\.task.updatedAt.milliseconds))),
                ])
        }
    }

    private mutating func writeJobs() {
        struct Row {
            let tenant: Int
            let number: Int
            let stored: StoredJob
            let payloads: [[UInt8]?]
            var job: Job { stored.job }
        }
        let written = parts.flatMap { part in
            part.changes.jobs.values.map { job in
                let payloads = [job.row.job.input, job.row.job.result, job.row.job.details].map(JSONText.bytes)
                return Row(tenant: part.tenant, number: job.number, stored: job.row, payloads: payloads)
            }
        }
        for rows in Self.slices(written, size: { $0.payloads.reduce(500) { $0 + ($1?.count ?? 0) } }) {
            upsert(
                "jobs", key: "tenant, number",
                [
                    ("tenant", .ints(rows.map(\.tenant))), ("number", .ints(rows.map(\.number))),
                    ("id", .texts(rows.map(\.job.id.rawValue))), ("board", .texts(rows.map(\.job.board?.rawValue))),
                    ("name", .texts(rows.map(\.job.name))), ("status", .texts(rows.map(\.job.status.rawValue))),
                    ("progress", .ints(rows.map(\.job.progress))), ("message", .texts(rows.map(\.job.message))),
                    ("error", .texts(rows.map(\.job.error))), ("version", .ints(rows.map(\.job.version))),
                    ("created_by", .texts(rows.map(\.job.createdBy.rawValue))),
                    ("created_at", .ints(rows.map(\.job.createdAt.milliseconds))),
                    ("updated_at", .ints(rows.map(\.job.updatedAt.milliseconds))),
                    ("told_at", .ints(rows.map(\.stored.toldAt?.milliseconds))),
                    ("is_held", .ints(rows.map { $0.stored.isHeld ? 1 : 0 })),
                    ("input", .byteStrings(rows.map { $0.payloads[0] })),
                    ("result", .byteStrings(rows.map { $0.payloads[1] })),
                    ("details", .byteStrings(rows.map { $0.payloads[2] })),
                ])
        }
        for part in parts {
            guard let newest = part.changes.newestJob, newest > JobLimits.kept else { continue }
            statements.append(
                Statement(
                    "DELETE FROM boardcast.jobs WHERE tenant = $1 AND number <= $2 AND NOT \(JobTable.isOpen)",
                    .int(part.tenant), .int(newest - JobLimits.kept)))
        }
    }

    private mutating func writeAnswers() {
        let written = parts.flatMap { part in
            part.changes.answers.map { (tenant: part.tenant, name: $0.key, answer: $0.value) }
        }
        for rows in Self.slices(written, size: { $0.answer.commit.count + 200 }) {
            upsert(
                "answers", key: #"tenant, "user", key"#,
                [
                    ("tenant", .ints(rows.map(\.tenant))), (#""user""#, .texts(rows.map(\.name.user.rawValue))),
                    ("key", .texts(rows.map(\.name.text))),
                    ("fingerprint", .byteStrings(rows.map(\.answer.fingerprint))),
                    ("at", .ints(rows.map(\.answer.at.milliseconds))),
                    ("answer", .byteStrings(rows.map(\.answer.commit))),
                ])
        }
    }

    private mutating func writeEvents() {
        let written = parts.flatMap { part in part.changes.events.map { (tenant: part.tenant, event: $0) } }
        for rows in Self.slices(written, size: { $0.event.json.count + 100 }) {
            statements.append(
                Statement(
                    """
                    INSERT INTO boardcast.events (tenant, \(EventTable.columns))
                    SELECT * FROM unnest($1::int8[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::bytea[])
                    """, .ints(rows.map(\.tenant)), .ints(rows.map(\.event.seq)),
                    .texts(rows.map { if case .board(let id) = $0.event.audience { id.rawValue } else { nil } }),
                    .texts(rows.map { if case .user(let id) = $0.event.audience { id.rawValue } else { nil } }),
                    .texts(rows.map(\.event.type.rawValue)), .ints(rows.map(\.event.timestamp.milliseconds)),
                    .byteStrings(rows.map(\.event.json))))
        }
    }

    private mutating func writeTenants() {
        for part in parts where part.changes.head != part.changes.headBefore || part.oldest != nil {
            if let oldest = part.oldest { statements += Self.delete(before: oldest, of: part.tenant) }
            statements.append(
                Statement(
                    """
                    UPDATE boardcast.tenants SET head = $2, last_task = $3, oldest = coalesce($4, oldest) WHERE number = $1
                    """, .int(part.tenant), .int(part.changes.head), .int(part.changes.lastTask), .int(part.oldest)))
        }
    }

    /// Deletes a tenant's events before `oldest`, and the epochs that were theirs.
    static func delete(before oldest: Int, of tenant: Int) -> [Statement] {
        [
            Statement("DELETE FROM boardcast.events WHERE tenant = $1 AND seq < $2", .int(tenant), .int(oldest)),
            RunTable.delete(before: oldest, of: tenant),
        ]
    }

    /// Writes whole rows, those that are there and those that are not.
    private mutating func upsert(_ table: String, key: String, _ columns: [(name: String, values: SQLValue)]) {
        let names = columns.map(\.name).joined(separator: ", ")
        let arrays = columns.enumerated().map { "$\($0 + 1)::\($1.values.arrayName)" }.joined(separator: ", ")
        let keys = key.split(separator: ", ").map(String.init)
        let changes = columns.map(\.name).filter { !keys.contains($0) }.map { "\($0) = excluded.\($0)" }
        statements.append(
            Statement(
                """
                INSERT INTO boardcast.\(table) (\(names)) SELECT * FROM unnest(\(arrays))
                ON CONFLICT (\(key)) DO UPDATE SET \(changes.joined(separator: ", "))
                """, columns.map(\.values)))
    }

    /// `rows` in slices of at most ``mostBytes``, or one row.
    private static func slices<Row>(_ rows: [Row], size: (Row) -> Int) -> [ArraySlice<Row>] {
        var slices: [ArraySlice<Row>] = []
        var (start, bytes) = (0, 0)
        for (index, row) in rows.enumerated() {
            let size = size(row)
            if bytes > 0, bytes + size > mostBytes {
                slices.append(rows[start..<index])
                (start, bytes) = (index, 0)
            }
            bytes += size
        }
        return start < rows.count ? slices + [rows[start...]] : slices
    }
}

extension SQLValue {
    fileprivate var arrayName: String {
        switch self {
        case .ints: "int8[]"
        case .texts: "text[]"
        case .byteStrings: "bytea[]"
        case .int, .text, .bytes: preconditionFailure("one value is no column of rows")
        }
    }
}
