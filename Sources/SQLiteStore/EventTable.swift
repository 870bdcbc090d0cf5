import Events
import Foundation
import GRDB

/// The table `events`: the log.
enum EventTable {
    /// The most events that are read for one page, so that a filter that shows few does not occupy a reader for long.
    static let scan = 2000
    /// The same limit for the newest events, which are not read page by page.
    static let longScan = 20_000

    static func insert(_ event: Event, of tenant: Int, in db: Database) throws {
        let board: BoardID? = if case .board(let id) = event.audience { id } else { nil }
        let user: UserID? = if case .user(let id) = event.audience { id } else { nil }
        try db.run(
            "INSERT INTO events (tenant, seq, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", tenant,
            event.seq, board?.rawValue, user?.rawValue, event.type.rawValue, event.timestamp.milliseconds,
            Data(event.json), EventRow.sum(of: event, of: tenant))
    }

    static func delete(before seq: Int, of tenant: Int, in db: Database) throws {
        try db.run("DELETE FROM events WHERE tenant = ? AND seq < ?", tenant, seq)
    }

    /// Calls `body` for events in ascending or descending order of their numbers, until it returns false.
    ///
    /// - Throws: ``UnreadableRow`` before an event that can't be read, and where one of `range` is missing.
    static func scan(
        _ tenant: Int, _ range: ClosedRange<Int>, backwards: Bool = false, in db: Database,
        _ body: (EventRow) throws -> Bool
    ) throws {
        var next = backwards ? range.upperBound : range.lowerBound
        let statement = try db.cachedStatement(
            sql: """
                SELECT seq, \(columns) FROM events WHERE tenant = ? AND seq BETWEEN ? AND ?
                ORDER BY seq \(backwards ? "DESC" : "ASC")
                """)
        statement.setUncheckedArguments([tenant, range.lowerBound, range.upperBound])
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let event = try EventRow(row, of: tenant)
            guard event.seq == next else { throw UnreadableRow.missingEvent }
            guard try body(event) else { return }
            next += backwards ? -1 : 1
        }
        guard !(range ~= next) else { throw UnreadableRow.missingEvent }
    }

    /// Calls `body` with the time of each event, oldest first; nil for one that can't be read.
    static func scanTimes(
        _ tenant: Int, _ range: ClosedRange<Int>, in db: Database, _ body: (_ seq: Int, _ time: Timestamp?) -> Bool
    ) throws {
        let statement = try db.cachedStatement(
            sql: "SELECT seq, at FROM events WHERE tenant = ? AND seq BETWEEN ? AND ? ORDER BY seq")
        statement.setUncheckedArguments([tenant, range.lowerBound, range.upperBound])
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let reader = RowReader(row, of: "events")
            guard body(try reader.int(0), try? reader.time(1)) else { return }
        }
    }

    /// When the event that was stored first, of those that still are, was written; nil while there is none.
    static func oldestTime(in db: Database) throws -> Timestamp? {
        try db.first("SELECT at FROM events ORDER BY rowid LIMIT 1") { try RowReader($0, of: "events").time(0) }
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT seq, \(columns), tenant FROM events") { row in
            try body { _ = try EventRow(row, of: row.decode(atIndex: 7)) }
        }
    }

    private static let columns = "board, user, type, at, json, sum"
}

extension UnreadableRow {
    /// The error for an event that is missing from the range to be read.
    static let missingEvent = UnreadableRow(table: "events", reason: "it is missing")
}

/// An event that is still in the database: its JSON is copied on first use.
struct EventRow {
    private let row: Row
    let seq: Int
    let audience: Audience
    let type: EventType
    let timestamp: Timestamp

    /// Checks the checksum even of an event that is not shown: its damaged audience could be the reason that it is not.
    init(_ row: Row, of tenant: Int) throws {
        self.row = row
        let reader = RowReader(row, of: "events")
        seq = try reader.int(0)
        if let board = try reader.valueIfAny(1, BoardID.init) {
            audience = .board(board)
        } else if let user = try reader.valueIfAny(2, UserID.init) {
            audience = .user(user)
        } else {
            audience = .tenant
        }
        type = try reader.value(3, EventType.init)
        timestamp = try reader.time(4)
        guard !row.hasNull(atIndex: 6) else { return }
        var sum = Self.sum(of: seq, audience, type, timestamp, of: tenant)
        try row.withUnsafeData(atIndex: 5) { json in
            if let json { json.withUnsafeBytes { sum.add($0) } } else { sum.add([]) }
        }
        try reader.check(sum.value, against: 6)
    }

    /// - Parameter epochs: of the tenant.
    func event(of tenant: TenantID, _ epochs: Epochs) throws -> Event {
        Event(
            tenant: tenant, seq: seq, epoch: epochs.epoch(of: seq), audience: audience, type: type,
            timestamp: timestamp, json: try row.bytes(5))
    }

    static func sum(of event: Event, of tenant: Int) -> Int {
        var sum = sum(of: event.seq, event.audience, event.type, event.timestamp, of: tenant)
        sum.add(event.json)
        return sum.value
    }

    private static func sum(
        of seq: Int, _ audience: Audience, _ type: EventType, _ timestamp: Timestamp, of tenant: Int
    ) -> RowSum {
        var sum = RowSum(tenant: tenant)
        sum.add(seq)
        switch audience {
        case .board(let id):
            sum.add(1)
            sum.add(id.rawValue)
        case .user(let id):
            sum.add(2)
            sum.add(id.rawValue)
        case .tenant: sum.add(3)
        }
        sum.add(type.rawValue)
        sum.add(timestamp.milliseconds)
        return sum
    }
}
