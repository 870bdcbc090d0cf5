import Boards
import Events
import GRDB

/// Deletes old events, jobs and answers, a batch at a time, while the writer is idle.
struct Chores {
    /// Rows that one step removes at most.
    static let batch = 256

    private let settings: StoreSettings
    /// The tenant seen last in this round.
    private var tenant = 0

    init(_ settings: StoreSettings) { self.settings = settings }

    /// One small transaction.
    ///
    /// - Returns: whether there is more to do in this round.
    mutating func step(at time: Timestamp, in db: Database) throws -> Bool {
        guard let next = try TenantTable.number(after: tenant, in: db) else {
            let isMore = try AnswerTable.purge(
                before: time - IdempotencyKey.lifetime, count: Self.batch, in: db)
            if !isMore { tenant = 0 }
            return isMore
        }
        do {
            if try step(next, at: time, in: db) { return true }
        } catch is UnreadableRow {
            // A damaged row stops the chores of its own tenant only.
        }
        tenant = next
        return true
    }

    /// - Returns: whether there is more to do for this tenant.
    private func step(_ number: Int, at time: Timestamp, in db: Database) throws -> Bool {
        guard var row = try TenantTable.row(number, in: db) else { return false }
        let oldest = try oldest(of: row, at: time, in: db)
        if oldest > row.oldest {
            let isMore = oldest - row.oldest == Self.batch
            row.oldest = oldest
            try db.inTransaction(.immediate) {
                try EventTable.delete(before: oldest, of: row.number, in: db)
                try EpochTable.delete(before: oldest, of: row.number, in: db)
                try TenantTable.update(row, in: db)
                return .commit
            }
            if isMore { return true }
        }
        let finished = time - settings.retention[row.tenant].age
        return try JobTable.purge(before: finished, count: Self.batch, of: row.number, in: db)
    }

    /// The first number to keep, `batch` above the oldest stored at most.
    private func oldest(of row: TenantRow, at time: Timestamp, in db: Database) throws -> Int {
        let retention = settings.retention[row.tenant]
        let counted = retention.oldest(stored: row.oldest, head: row.head)
        var oldest = row.oldest
        let end = row.oldest + Self.batch
        // An unreadable event is deleted together with the next readable one.
        try EventTable.scanTimes(row.number, oldest...max(oldest, row.head), in: db) { seq, at in
            let isDue = seq < counted || at.map { $0 < time - retention.age } ?? false
            if isDue { oldest = seq + 1 }
            return (isDue || at == nil) && seq + 1 < end
        }
        return oldest
    }
}
