import Boards
import Events
import GRDB
import StrictJSON

/// `tasks`.
enum TaskTable {
    static func task(_ id: Int, of tenant: Int, in db: Database) throws -> BoardTask? {
        try db.first(
            "SELECT \(columns) FROM tasks WHERE tenant = ? AND id = ?", tenant, id,
            read: task)
    }

    /// By status, rank and id.
    static func tasks(on board: BoardID, of tenant: Int, in db: Database) throws -> [BoardTask] {
        try db.all(
            "SELECT \(columns) FROM tasks WHERE tenant = ? AND board = ? ORDER BY status, rank, id",
            tenant, board.rawValue, read: task)
    }

    /// By rank and id.
    static func tasks(in column: BoardColumn, of tenant: Int, in db: Database) throws -> [BoardTask] {
        try db.all(
            "SELECT \(columns) FROM tasks WHERE tenant = ? AND board = ? AND status = ? ORDER BY rank, id",
            tenant, column.board.rawValue, column.status, read: task)
    }

    /// The newest first.
    static func newest(in column: BoardColumn, count: Int, of tenant: Int, in db: Database) throws -> [BoardTask] {
        try db.all(
            """
            SELECT \(columns) FROM tasks WHERE tenant = ? AND board = ? AND status = ? ORDER BY id DESC LIMIT ?
            """, tenant, column.board.rawValue, column.status, count, read: task)
    }

    static func statuses(on board: BoardID, of tenant: Int, in db: Database) throws -> Set<String> {
        Set(
            try db.all(
                "SELECT DISTINCT status FROM tasks WHERE tenant = ? AND board = ?", tenant,
                board.rawValue
            ) { $0[0] })
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
            "INSERT INTO tasks (tenant, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            tenant, task.id, task.board.rawValue, task.name,
            task.description, task.status, task.priority.rawValue,
            task.assignee?.rawValue, JSONText.write(task.labels), task.dueAt?.milliseconds,
            task.rank.rawValue, task.version, task.createdBy.rawValue,
            task.createdAt.milliseconds, task.updatedAt.milliseconds)
    }

    static func update(_ task: BoardTask, of tenant: Int, in db: Database) throws {
        try db.run(
            """
            UPDATE tasks SET name = ?, description = ?, status = ?, priority = ?, assignee = ?, labels = ?, due_at = ?,
                rank = ?, version = ?, updated_at = ?
            WHERE tenant = ? AND id = ?
            """, task.name, task.description, task.status,
            task.priority.rawValue, task.assignee?.rawValue, JSONText.write(task.labels),
            task.dueAt?.milliseconds, task.rank.rawValue, task.version,
            task.updatedAt.milliseconds, tenant, task.id)
    }

    static func delete(_ id: Int, of tenant: Int, in db: Database) throws {
        try db.run("DELETE FROM tasks WHERE tenant = ? AND id = ?", tenant, id)
    }

    static let columns = """
        id, board, name, description, status, priority, assignee, labels, due_at, rank, version, created_by, \
        created_at, updated_at
        """

    static func task(_ row: Row) throws -> BoardTask {
        let assignee: String? = row[6]
        let dueAt: Int? = row[8]
        guard let board = BoardID(row[1]), let priority = Priority(rawValue: row[5]),
            let labels = JSONText.read(row[7]), let rank = Rank(row[9]), let createdBy = UserID(row[11])
        else { throw UnreadableRow(table: "tasks") }
        return BoardTask(
            id: row[0], board: board, name: row[2], description: row[3], status: row[4], priority: priority,
            assignee: assignee.flatMap(UserID.init), labels: labels, dueAt: dueAt.map(Timestamp.init(milliseconds:)),
            rank: rank, version: row[10], createdBy: createdBy, createdAt: Timestamp(milliseconds: row[12]),
            updatedAt: Timestamp(milliseconds: row[13]))
    }

    private static func rank(_ row: Row) throws -> Rank {
        guard let rank = Rank(row[0]) else { throw UnreadableRow(table: "tasks") }
        return rank
    }
}
