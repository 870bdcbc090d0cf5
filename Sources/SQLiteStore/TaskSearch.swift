import Boards
import Events
import GRDB
import StrictJSON

/// Answers a ``Boards/TaskQuery`` in slices, so that a filter that finds little holds no reader for long.
struct TaskSearch {
    /// Tasks looked at in one read transaction.
    static let slice = 4000

    let query: TaskQuery
    let boards: Set<BoardID>
    /// The last id looked at.
    private(set) var position: Int
    private(set) var found: [BoardTask] = []
    private(set) var isDone = false
    private var size = 0

    init(_ query: TaskQuery, on boards: Set<BoardID>) {
        self.query = query
        self.boards = boards
        position = query.after?.id ?? 0
        isDone = boards.isEmpty
    }

    var page: TaskPage {
        // The last one found may be there only to show that there is more.
        let items = Array(isFull && found.count > 1 ? found.dropLast() : found[...])
        return TaskPage(items: items, next: found.count > items.count ? items.last.map { PageMark(id: $0.id) } : nil)
    }

    /// Searches the next slice; one task beyond the limit shows that there is another page.
    mutating func step(tenant: Int, in db: Database) throws {
        let end: Int? = try db.first(
            "SELECT id FROM tasks WHERE tenant = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?", tenant,
            position, (Self.slice - 1)
        ) { try RowReader($0, of: "tasks").int(0) }
        let (sql, values) = statement(tenant: tenant, through: end ?? .max)
        let rows = try Row.fetchCursor(db, sql: sql, arguments: StatementArguments(values))
        while !isFull, let row = try rows.next() {
            let task = try TaskTable.task(row, of: tenant)
            guard boards.contains(task.board), query.matches(task) else { continue }
            found.append(task)
            size += task.footprint
        }
        if let end { position = end }
        isDone = end == nil || isFull
    }

    private var isFull: Bool { found.count > query.limit || found.count > 1 && size > TaskPage.mostBytes }

    /// SQL filters where it can and may return too much; ``Boards/TaskQuery/matches(_:)`` decides. A plus sign before a
    /// column keeps SQLite from using an index that is not ordered by id.
    private func statement(tenant: Int, through end: Int) -> (sql: String, values: [(any DatabaseValueConvertible)?]) {
        var sql = "SELECT \(TaskTable.columns) FROM tasks WHERE tenant = ? AND id > ? AND id <= ?"
        var values: [(any DatabaseValueConvertible)?] = [tenant, position, end]
        if boards.count <= 16 {
            sql += " AND +board IN (\(boards.map { _ in "?" }.joined(separator: ", ")))"
            for board in boards { values.append(board.rawValue) }
        }
        if let status = query.status {
            sql += " AND +status = ?"
            values.append(status)
        }
        if let assignee = query.assignee {
            sql += " AND assignee = ?"
            values.append(assignee.rawValue)
        }
        if let label = query.label {
            var json = JSONWriter(reserving: 64)
            json.string(label)
            sql += " AND instr(labels, ?) > 0"
            values.append(String(decoding: json.bytes, as: UTF8.self))
        }
        if let text = query.text, text.isASCII {
            sql += " AND (name LIKE ? ESCAPE '\\' OR description LIKE ? ESCAPE '\\')"
            values += [text.likePattern, text.likePattern]
        }
        return (sql + " ORDER BY id", values)
    }
}

extension TextSearch {
    fileprivate var likePattern: String {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }
}
