import Boards
import Events
import StrictJSON

/// The rows of the tables as values, and back. Columns are in the order of each table's `columns`.
enum TaskTable {
    static let columns = """
        id, board, name, description, status, priority, assignee, labels, due_at, rank, version, epoch, created_by, \
        created_at, updated_at
        """

    static func task(_ row: RowReader) throws(PostgresError) -> BoardTask {
        BoardTask(
            id: try row.int(0), board: try row.value(1, BoardID.init), name: try row.text(2),
            description: try row.text(3), status: try row.text(4), priority: try row.value(5, Priority.init(rawValue:)),
            assignee: try row.valueIfAny(6, UserID.init), labels: try row.value(7, JSONText.strings),
            dueAt: try row.timeIfAny(8), rank: try row.value(9, Rank.init), version: try row.int(10),
            epoch: try row.epoch(11), createdBy: try row.value(12, UserID.init), createdAt: try row.time(13),
            updatedAt: try row.time(14))
    }
}

enum BoardTable {
    static let columns = "id, name, columns, version, epoch, created_at, updated_at"

    static func board(_ row: RowReader) throws(PostgresError) -> Board {
        let columns = try row.value(2, JSONText.columns)
        return Board(
            id: try row.value(0, BoardID.init), name: try row.text(1), columns: columns, version: try row.int(3),
            epoch: try row.epoch(4), createdAt: try row.time(5), updatedAt: try row.time(6))
    }
}

enum JobTable {
    /// Those of jobs that are not finished.
    static let isOpen = "status IN ('queued', 'processing')"
    static let columns = """
        number, id, board, name, status, progress, message, error, version, created_by, created_at, updated_at, told_at, \
        is_held, input, result, details
        """

    static func job(_ row: RowReader) throws(PostgresError) -> NumberedJob {
        let job = Job(
            id: try row.value(1, JobID.init), board: try row.valueIfAny(2, BoardID.init), name: try row.text(3),
            input: try json(row, 14), status: try row.value(4, JobStatus.init(rawValue:)),
            progress: try row.int(5, in: 0...100), message: try row.textIfAny(6), result: try json(row, 15),
            error: try row.textIfAny(7), details: try json(row, 16), version: try row.int(8),
            createdBy: try row.value(9, UserID.init), createdAt: try row.time(10), updatedAt: try row.time(11))
        return NumberedJob(
            number: try row.int(0),
            row: StoredJob(job: job, toldAt: try row.timeIfAny(12), isHeld: try row.int(13, in: 0...1) == 1))
    }

    private static func json(_ row: RowReader, _ column: Int) throws(PostgresError) -> JSONValue? {
        guard let bytes = try row.bytesIfAny(column) else { return nil }
        guard let value = try? JSONParser.parse(bytes) else { throw .unreadable(table: "jobs") }
        return value
    }
}

enum EventTable {
    static let columns = #"seq, board, "user", type, at, json"#

    static func event(_ row: RowReader, of tenant: TenantID, _ epochs: Epochs) throws(PostgresError) -> Event {
        let seq = try row.int(0)
        let audience: Audience
        if let board = try row.valueIfAny(1, BoardID.init) {
            audience = .board(board)
        } else if let user = try row.valueIfAny(2, UserID.init) {
            audience = .user(user)
        } else {
            audience = .tenant
        }
        return Event(
            tenant: tenant, seq: seq, epoch: epochs.epoch(of: seq), audience: audience,
            type: try row.value(3, EventType.init), timestamp: try row.time(4), json: try row.bytes(5))
    }
}

/// Lists as texts, in one column.
enum JSONText {
    static func text(_ strings: [String]) -> String {
        if strings.isEmpty { return "[]" }
        var json = JSONWriter(reserving: 64)
        json.array(strings) { $0.string($1) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    static func strings(_ text: String) -> [String]? {
        if text == "[]" { return [] }
        guard let elements = try? JSONParser.parse(text.utf8).array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }

    static func text(_ columns: [StatusColumn]) -> String {
        var json = JSONWriter(reserving: 256)
        json.columns(columns)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// One at least.
    static func columns(_ text: String) -> [StatusColumn]? {
        guard let values = try? JSONParser.parse(text.utf8).array, !values.isEmpty else { return nil }
        let columns = values.compactMap { StatusColumn($0) }
        return columns.count == values.count ? columns : nil
    }

    static func bytes(_ value: JSONValue?) -> [UInt8]? {
        guard let value else { return nil }
        var json = JSONWriter()
        json.value(value)
        return json.bytes
    }
}
