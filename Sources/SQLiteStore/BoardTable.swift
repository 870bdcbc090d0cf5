import Boards
import Events
import GRDB
import StrictJSON

/// The tables `boards` and `board_heads`: the latter holds the numbering of each board and is kept when the board is
/// deleted.
enum BoardTable {
    static func board(_ id: BoardID, of tenant: Int, in db: Database) throws -> Board? {
        try db.first(
            "SELECT \(columns) FROM boards WHERE tenant = ? AND id = ?", tenant,
            id.rawValue
        ) { try board($0, of: tenant) }
    }

    /// The tenant's boards, ordered by id.
    static func boards(of tenant: Int, in db: Database) throws -> [Board] {
        try db.all(
            "SELECT \(columns) FROM boards WHERE tenant = ? ORDER BY id", tenant
        ) { try board($0, of: tenant) }
    }

    static func ids(of tenant: Int, in db: Database) throws -> Set<BoardID> {
        Set(
            try db.all("SELECT id FROM boards WHERE tenant = ?", tenant) {
                try RowReader($0, of: "boards").value(0, BoardID.init)
            })
    }

    static func insert(_ board: Board, of tenant: Int, in db: Database) throws {
        let named = text(of: board.columns)
        try db.run(
            "INSERT INTO boards (tenant, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tenant,
            board.id.rawValue, board.name, JSONText.write(board.statuses),
            board.version, board.createdAt.milliseconds,
            board.updatedAt.milliseconds, sum(of: board, columns: named, of: tenant),
            Int(board.epoch.rawValue), named)
    }

    static func update(_ board: Board, of tenant: Int, in db: Database) throws {
        let named = text(of: board.columns)
        try db.run(
            """
            UPDATE boards SET name = ?, statuses = ?, version = ?, updated_at = ?, sum = ?, epoch = ?, columns = ?
            WHERE tenant = ? AND id = ?
            """,
            board.name, JSONText.write(board.statuses), board.version, board.updatedAt.milliseconds,
            sum(of: board, columns: named, of: tenant), Int(board.epoch.rawValue), named, tenant, board.id.rawValue)
    }

    /// Deletes the board with its tasks and jobs.
    static func delete(_ id: BoardID, of tenant: Int, in db: Database) throws {
        let board = id.rawValue
        try db.run("DELETE FROM tasks WHERE tenant = ? AND board = ?", tenant, board)
        try db.run("DELETE FROM jobs WHERE tenant = ? AND board = ?", tenant, board)
        try db.run("DELETE FROM boards WHERE tenant = ? AND id = ?", tenant, board)
    }

    /// The number of the board's newest event, 0 before the first.
    static func head(of board: BoardID, of tenant: Int, in db: Database) throws -> Int {
        try db.first(
            "SELECT board, head, sum FROM board_heads WHERE tenant = ? AND board = ?", tenant,
            board.rawValue
        ) { try head($0, of: tenant) } ?? 0
    }

    static func setHead(_ head: Int, of board: BoardID, of tenant: Int, in db: Database) throws {
        try db.run(
            "INSERT OR REPLACE INTO board_heads (tenant, board, head, sum) VALUES (?, ?, ?, ?)", tenant,
            board.rawValue, head, sum(of: head, of: board.rawValue, of: tenant))
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT \(columns), tenant FROM boards") { row in
            try body { _ = try board(row, of: row.decode(atIndex: 9)) }
        }
        try db.forEach("SELECT board, head, sum, tenant FROM board_heads") { row in
            try body { _ = try head(row, of: row.decode(atIndex: 3)) }
        }
    }

    /// What of other tables has no row here; nil when everything has one. SQLite's own check does not miss a row of these
    /// tables, which have no index besides.
    ///
    /// - Parameter isWhole: whether tasks and events are looked through, and not only tenants.
    static func fault(in db: Database, isWhole: Bool) throws -> String? {
        func isThere(_ rows: String) throws -> Bool { try Bool.fetchOne(db, sql: "SELECT EXISTS (\(rows))") ?? false }
        let board = "SELECT 1 FROM boards WHERE boards.tenant"
        let main = BoardID.main.rawValue
        if try isThere("SELECT 1 FROM tenants WHERE NOT EXISTS (\(board) = number AND id = '\(main)')") {
            return "boards are missing"
        }
        guard isWhole else { return nil }
        if try isThere("SELECT 1 FROM tasks WHERE NOT EXISTS (\(board) = tasks.tenant AND boards.id = tasks.board)") {
            return "boards of tasks are missing"
        }
        let head = "SELECT 1 FROM board_heads WHERE tenant = events.tenant AND board = events.board"
        if try isThere("SELECT 1 FROM events WHERE board IS NOT NULL AND NOT EXISTS (\(head))") {
            return "numbers of boards are missing"
        }
        return nil
    }

    private static let columns = "id, name, statuses, version, created_at, updated_at, sum, epoch, columns"

    private static func board(_ row: Row, of tenant: Int) throws -> Board {
        let reader = RowReader(row, of: "boards")
        let statuses = try reader.value(2, JSONText.read)
        guard !statuses.isEmpty else { throw reader.unreadable(2, "is empty") }
        let text = try reader.textIfAny(8)
        let columns = try reader.valueIfAny(8, columns)
        guard columns.map({ $0.map(\.id) == statuses }) != false else {
            throw reader.unreadable(8, "is not that of its statuses")
        }
        let board = Board(
            id: try reader.value(0, BoardID.init), name: try reader.text(1),
            columns: columns ?? statuses.map(StatusColumn.init(status:)), version: try reader.int(3),
            epoch: try reader.epoch(7), createdAt: try reader.time(4),
            updatedAt: try reader.time(5))
        try reader.check(sum(of: board, columns: text, of: tenant), against: 6)
        return board
    }

    private static func text(of columns: [StatusColumn]) -> String {
        var json = JSONWriter(reserving: 256)
        json.columns(columns)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func columns(_ text: String) -> [StatusColumn]? {
        guard let values = try? JSONParser.parse(text.utf8).array else { return nil }
        let columns = values.compactMap { StatusColumn($0) }
        return columns.count == values.count ? columns : nil
    }

    private static func head(_ row: Row, of tenant: Int) throws -> Int {
        let reader = RowReader(row, of: "board_heads")
        let head = try reader.int(1, in: 0...RowReader.highest)
        try reader.check(sum(of: head, of: try reader.text(0), of: tenant), against: 2)
        return head
    }

    /// - Parameter columns: as they are stored; nil in a row that was not changed since they have names.
    private static func sum(of board: Board, columns: String?, of tenant: Int) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(board.id.rawValue)
        sum.add(board.name)
        for status in board.statuses { sum.add(status) }
        sum.add(board.version)
        sum.add(board.createdAt.milliseconds)
        sum.add(board.updatedAt.milliseconds)
        sum.add(board.epoch)
        if let columns { sum.add(columns) }
        return sum.value
    }

    private static func sum(of head: Int, of board: String, of tenant: Int) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(board)
        sum.add(head)
        return sum.value
    }
}
