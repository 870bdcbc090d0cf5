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
    /// The last of the answers that were looked through before, and bear times that are yet to come.
    private var answer = 0

    init(_ settings: StoreSettings) { self.settings = settings }

    /// One small transaction.
    ///
    /// - Returns: whether there is more to do in this round.
    mutating func step(by ages: AgeClock, in db: Database) throws -> Bool {
        guard let next = try TenantTable.number(after: tenant, in: db) else {
            let isMore = try AnswerTable.purge(
                before: ages.cutoff(IdempotencyKey.lifetime), wall: ages.wall, after: &answer, count: Self.batch, in: db
            )
            if !isMore { tenant = 0 }
            return isMore
        }
        do {
            if try step(next, by: ages, in: db) { return true }
        } catch is UnreadableRow {
            // A damaged row stops the chores of its own tenant only.
        }
        tenant = next
        return true
    }

    /// - Returns: whether there is more to do for this tenant.
    private func step(_ number: Int, by ages: AgeClock, in db: Database) throws -> Bool {
        guard var row = try TenantTable.row(number, in: db) else { return false }
        let oldest = try oldest(of: row, by: ages, in: db)
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
        let cutoff = ages.cutoff(settings.retention[row.tenant].age)
        return try JobTable.purge(before: cutoff, count: Self.batch, of: row.number, in: db)
    }

    /// The first number to keep, `batch` above the oldest stored at most.
    ///
    /// Of two events the one with the lower number is older, whatever time it bears. So those that can't be read, and
    /// those of a wall that was ahead, are deleted together with the next that is due.
    private func oldest(of row: TenantRow, by ages: AgeClock, in db: Database) throws -> Int {
        let retention = settings.retention[row.tenant]
        let counted = retention.oldest(stored: row.oldest, head: row.head)
        var oldest = row.oldest
        let end = row.oldest + Self.batch
        let cutoff = ages.cutoff(retention.age)
        try EventTable.scanTimes(row.number, oldest...max(oldest, row.head), in: db) { seq, at in
            let isDue = seq < counted || at.map { $0 < cutoff } ?? false
            let isUnknown = at.map { $0 > ages.wall } ?? true
            if isDue { oldest = min(seq + 1, end) }
            return (isDue || isUnknown) && oldest < end && seq < row.oldest + EventTable.longScan
        }
        return oldest
    }
}
