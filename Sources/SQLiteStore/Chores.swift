import Boards
import GRDB

/// What the writer does when nobody writes: lets go of old events and answers, a batch at a time.
struct Chores {
    /// Rows that one step removes at most.
    static let batch = 256

    let retention: Retention
    /// The tenant seen last in this round.
    private var tenant = 0

    init(retention: Retention) { self.retention = retention }

    /// One small transaction.
    ///
    /// - Parameter time: milliseconds since 1970.
    /// - Returns: whether there is more to do in this round.
    mutating func step(at time: Int, in db: Database) throws -> Bool {
        guard var row = try TenantTable.row(after: tenant, in: db) else {
            tenant = 0
            return try AnswerTable.purge(before: time - IdempotencyKey.lifetime, count: Self.batch, in: db)
        }
        let oldest = try oldest(of: row, at: time, in: db)
        if oldest > row.oldest {
            let isMore = oldest - row.oldest == Self.batch
            row.oldest = oldest
            try db.inTransaction(.immediate) {
                try EventTable.delete(before: oldest, of: row.number, in: db)
                try TenantTable.update(row, in: db)
                return .commit
            }
            if isMore { return true }
        }
        tenant = row.number
        return true
    }

    /// The first number to keep, `batch` above the oldest stored at most.
    private func oldest(of row: TenantRow, at time: Int, in db: Database) throws -> Int {
        let counted = retention.oldest(stored: row.oldest, head: row.head)
        let times: [Int] = try db.all(
            "SELECT at FROM events WHERE tenant = ? AND seq >= ? ORDER BY seq LIMIT ?", row.number,
            row.oldest, Self.batch
        ) { $0[0] }
        let expired = times.enumerated().prefix { row.oldest + $0.offset < counted || $0.element < time - retention.age }
        return row.oldest + expired.count
    }
}
