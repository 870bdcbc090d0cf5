import Boards
import Events
import GRDB
import StrictJSON

/// `boards`, and `board_heads`: the numbering of each board, kept when the board is deleted.
enum BoardTable {
    static func board(_ id: BoardID, of tenant: Int, in db: Database) throws -> Board? {
        try db.first(
            "SELECT \(columns) FROM boards WHERE tenant = ? AND id = ?", tenant,
            id.rawValue, read: board)
    }

    /// By id.
    static func boards(of tenant: Int, in db: Database) throws -> [Board] {
        try db.all(
            "SELECT \(columns) FROM boards WHERE tenant = ? ORDER BY id", tenant, read: board)
    }

    static func ids(of tenant: Int, in db: Database) throws -> Set<BoardID> {
        Set(
            try db.all("SELECT id FROM boards WHERE tenant = ?", tenant) {
                guard let id = BoardID($0[0]) else { throw UnreadableRow(table: "boards") }
                return id
            })
    }

    static func insert(_ board: Board, of tenant: Int, in db: Database) throws {
        try db.run(
            "INSERT INTO boards (tenant, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)", tenant,
            board.id.rawValue, board.name, JSONText.write(board.statuses),
            board.version, board.createdAt.milliseconds,
            board.updatedAt.milliseconds)
    }

    static func update(_ board: Board, of tenant: Int, in db: Database) throws {
        try db.run(
            "UPDATE boards SET name = ?, statuses = ?, version = ?, updated_at = ? WHERE tenant = ? AND id = ?",
            board.name, JSONText.write(board.statuses), board.version,
            board.updatedAt.milliseconds, tenant, board.id.rawValue)
    }

    /// With its tasks and jobs.
    static func delete(_ id: BoardID, of tenant: Int, in db: Database) throws {
        let board = id.rawValue
        try db.run("DELETE FROM tasks WHERE tenant = ? AND board = ?", tenant, board)
        try db.run("DELETE FROM jobs WHERE tenant = ? AND board = ?", tenant, board)
        try db.run("DELETE FROM boards WHERE tenant = ? AND id = ?", tenant, board)
    }

    /// The number of the board's newest event, 0 before the first.
    static func head(of board: BoardID, of tenant: Int, in db: Database) throws -> Int {
        try db.first(
            "SELECT head FROM board_heads WHERE tenant = ? AND board = ?", tenant,
            board.rawValue
        ) { $0[0] } ?? 0
    }

    static func setHead(_ head: Int, of board: BoardID, of tenant: Int, in db: Database) throws {
        try db.run(
            "INSERT OR REPLACE INTO board_heads (tenant, board, head) VALUES (?, ?, ?)", tenant,
            board.rawValue, head)
    }

    private static let columns = "id, name, statuses, version, created_at, updated_at"

    private static func board(_ row: Row) throws -> Board {
        guard let id = BoardID(row[0]), let statuses = JSONText.read(row[2]), !statuses.isEmpty else {
            throw UnreadableRow(table: "boards")
        }
        return Board(
            id: id, name: row[1], statuses: statuses, version: row[3], createdAt: Timestamp(milliseconds: row[4]),
            updatedAt: Timestamp(milliseconds: row[5]))
    }
}

/// An array of strings as one column.
enum JSONText {
    static func write(_ strings: [String]) -> String {
        if strings.isEmpty { return "[]" }
        var json = JSONWriter(reserving: 64)
        json.array(strings) { $0.string($1) }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    static func read(_ text: String) -> [String]? {
        if text == "[]" { return [] }
        guard let elements = try? JSONParser.parse(text.utf8).array else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }
}
