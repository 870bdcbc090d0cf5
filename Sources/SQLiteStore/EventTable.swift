import Events
import Foundation
import GRDB

/// `events`: the log.
enum EventTable {
    /// Events looked at for one page, so that a filter that shows little holds no reader for long.
    static let scan = 2000
    /// The same for the newest, which are not looked for page by page.
    static let longScan = 20_000

    static func insert(_ event: Event, of tenant: Int, in db: Database) throws {
        let board: BoardID? = if case .board(let id) = event.audience { id } else { nil }
        let user: UserID? = if case .user(let id) = event.audience { id } else { nil }
        try db.run(
            "INSERT INTO events (tenant, seq, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?)", tenant,
            event.seq, board?.rawValue, user?.rawValue, event.type.rawValue, event.timestamp,
            Data(event.json))
    }

    static func delete(before seq: Int, of tenant: Int, in db: Database) throws {
        try db.run("DELETE FROM events WHERE tenant = ? AND seq < ?", tenant, seq)
    }

    /// Goes through events in number order, or against it, until `body` says false.
    static func scan(
        _ tenant: Int, _ range: ClosedRange<Int>, backwards: Bool = false, in db: Database,
        _ body: (EventRow) throws -> Bool
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT seq, \(columns) FROM events WHERE tenant = ? AND seq BETWEEN ? AND ?
                ORDER BY seq \(backwards ? "DESC" : "ASC")
                """)
        statement.setUncheckedArguments([tenant, range.lowerBound, range.upperBound])
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            guard try body(EventRow(row)) else { return }
        }
    }

    private static let columns = "board, user, type, at, json"
}

/// An event that is still in the database: its JSON is read when it is asked for.
struct EventRow {
    private let row: Row
    let seq: Int
    let audience: Audience
    let type: EventType
    let timestamp: Int

    init(_ row: Row) throws {
        self.row = row
        seq = row[0]
        timestamp = row[4]
        let board: String? = row[1]
        let user: String? = row[2]
        if let board {
            guard let id = BoardID(board) else { throw UnreadableRow(table: "events") }
            audience = .board(id)
        } else if let user {
            guard let id = UserID(user) else { throw UnreadableRow(table: "events") }
            audience = .user(id)
        } else {
            audience = .tenant
        }
        guard let type = EventType(row[3]) else { throw UnreadableRow(table: "events") }
        self.type = type
    }

    func event(of tenant: TenantID) throws -> Event {
        Event(
            tenant: tenant, seq: seq, audience: audience, type: type, timestamp: timestamp, json: try row.bytes(5))
    }
}
