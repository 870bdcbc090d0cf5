import Boards
import Events
import GRDB
import StrictJSON

/// The table `tasks`.
enum TaskTable {
    static func task(_ id: Int, of tenant: Int, in db: Database) throws -> BoardTask? {
        try db.first(
            "SELECT \(columns) FROM tasks WHERE tenant = ? AND id = ?", tenant, id
        ) { try task($0, of: tenant) }
    }

    /// Calls `body` for each of the column's tasks, ordered by rank and id.
    static func forEach(
        in column: BoardColumn, of tenant: Int, in db: Database, _ body: (BoardTask) throws -> Void
    ) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM tasks WHERE tenant = ? AND board = ? AND status = ? ORDER BY rank, id")
        statement.setUncheckedArguments([tenant, column.board.rawValue, column.status])
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() { try body(task(row, of: tenant)) }
    }

    /// The column's tasks, ordered by rank and id.
    static func tasks(in column: BoardColumn, of tenant: Int, in db: Database) throws -> [BoardTask] {
        try db.all(
            "SELECT \(columns) FROM tasks WHERE tenant = ? AND board = ? AND status = ? ORDER BY rank, id",
            tenant, column.board.rawValue, column.status
        ) { try task($0, of: tenant) }
    }

    /// The `count` newest tasks of the column, newest first, as far as ``Boards/NewestTasks/mostBytes`` has room.
    static func newest(
        in column: BoardColumn, count: Int, of tenant: Int, in db: Database
    ) throws -> (tasks: [BoardTask], isCut: Bool) {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM tasks WHERE tenant = ? AND board = ? AND status = ? ORDER BY id DESC LIMIT ?")
        statement.setUncheckedArguments([tenant, column.board.rawValue, column.status, count])
        let rows = try Row.fetchCursor(statement)
        var tasks: [BoardTask] = []
        var size = 0
        while let row = try rows.next() {
            let task = try task(row, of: tenant)
            size += task.footprint
            guard tasks.isEmpty || size <= NewestTasks.mostBytes else { return (tasks, true) }
            tasks.append(task)
        }
        return (tasks, false)
    }

    static func statuses(on board: BoardID, of tenant: Int, in db: Database) throws -> Set<String> {
        Set(
            try db.all(
                "SELECT DISTINCT status FROM tasks WHERE tenant = ? AND board = ?", tenant,
                board.rawValue
            ) { try RowReader($0, of: "tasks").text(0) })
    }

    static func lastRank(in column: BoardColumn, of tenant: Int, in db: Database) throws -> Rank? {
        try db.first(
            "SELECT rank FROM tasks WHERE tenant = ? AND board = ? AND status = ? ORDER BY rank DESC LIMIT 1",
            tenant, column.board.rawValue, column.status, read: rank)
    }

    static func nextRank(
        in column: BoardColumn, after rank: Rank?, without id: Int, of tenant: Int, in db: Database
    ) throws -> Rank? {
        try db.first(
            """
            SELECT rank FROM tasks WHERE tenant = ? AND board = ? AND status = ? AND rank > ? AND id <> ?
            ORDER BY rank LIMIT 1
            """, tenant, column.board.rawValue, column.status,
            (rank?.rawValue ?? ""), id, read: self.rank)
    }

    static func insert(_ task: BoardTask, of tenant: Int, in db: Database) throws {
        try db.run(
            "INSERT INTO tasks (tenant, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tenant, task.id, task.board.rawValue, task.name,
            task.description, task.status, task.priority.rawValue,
            task.assignee?.rawValue, JSONText.write(task.labels), task.dueAt?.milliseconds,
            task.rank.rawValue, task.version, task.createdBy.rawValue,
            task.createdAt.milliseconds, task.updatedAt.milliseconds, sum(of: task, of: tenant),
            Int(task.epoch.rawValue))
    }

    static func update(_ task: BoardTask, of tenant: Int, in db: Database) throws {
        try db.run(
            """
            UPDATE tasks SET name = ?, description = ?, status = ?, priority = ?, assignee = ?, labels = ?, due_at = ?,
                rank = ?, version = ?, updated_at = ?, sum = ?, epoch = ?
            WHERE tenant = ? AND id = ?
            """, task.name, task.description, task.status,
            task.priority.rawValue, task.assignee?.rawValue, JSONText.write(task.labels),
            task.dueAt?.milliseconds, task.rank.rawValue, task.version,
            task.updatedAt.milliseconds, sum(of: task, of: tenant), Int(task.epoch.rawValue), tenant, task.id)
    }

    static func delete(_ id: Int, of tenant: Int, in db: Database) throws {
        try db.run("DELETE FROM tasks WHERE tenant = ? AND id = ?", tenant, id)
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT \(columns), tenant FROM tasks") { row in
            try body { _ = try task(row, of: row.decode(atIndex: 16)) }
        }
    }

    static let columns = """
        id, board, name, description, status, priority, assignee, labels, due_at, rank, version, created_by, \
        created_at, updated_at, sum, epoch
        """

    static func task(_ row: Row, of tenant: Int) throws -> BoardTask {
        let reader = RowReader(row, of: "tasks")
        let task = BoardTask(
            id: try reader.int(0), board: try reader.value(1, BoardID.init), name: try reader.text(2),
            description: try reader.text(3), status: try reader.text(4),
            priority: try reader.value(5, Priority.init(rawValue:)),
            assignee: try reader.valueIfAny(6, UserID.init), labels: try reader.value(7, JSONText.read),
            dueAt: try reader.timeIfAny(8), rank: try reader.value(9, Rank.init), version: try reader.int(10),
            epoch: try reader.epoch(15), createdBy: try reader.value(11, UserID.init), createdAt: try reader.time(12),
            updatedAt: try reader.time(13))
        try reader.check(sum(of: task, of: tenant), against: 14)
        return task
    }

    private static func rank(_ row: Row) throws -> Rank { try RowReader(row, of: "tasks").value(0, Rank.init) }

    private static func sum(of task: BoardTask, of tenant: Int) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(task.id)
        sum.add(task.board.rawValue)
        sum.add(task.name)
        sum.add(task.description)
        sum.add(task.status)
        sum.add(task.priority.rawValue)
        sum.add(task.assignee?.rawValue)
        sum.add(task.labels.count)
        for label in task.labels { sum.add(label) }
        sum.add(task.dueAt?.milliseconds)
        sum.add(task.rank.rawValue)
        sum.add(task.version)
        sum.add(task.createdBy.rawValue)
        sum.add(task.createdAt.milliseconds)
        sum.add(task.updatedAt.milliseconds)
        sum.add(task.epoch)
        return sum.value
    }
}
