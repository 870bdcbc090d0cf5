import Boards
import Events
import GRDB

/// The table `audit`: the newest acts of each tenant's administrators.
enum AuditTable {
    /// - Parameter limit: entries of a tenant that are kept.
    static func insert(
        _ act: AdminAct, by author: Principal, at now: Timestamp, limit: Int, in db: Database
    ) throws -> AuditEntry {
        let tenant = author.tenant.rawValue
        let last =
            try db.first("SELECT coalesce(max(id), 0) AS id FROM audit WHERE tenant = ?", tenant) {
                try RowReader($0, of: "audit").int(0, in: 0...RowReader.highest)
            } ?? 0
        let entry = AuditEntry(id: last + 1, act: act, actor: author.user, timestamp: now)
        try db.run(
            "INSERT INTO audit (tenant, \(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            tenant, entry.id, act.name, act.subject, act.detail, author.user.rawValue, now.milliseconds,
            sum(of: entry, of: tenant))
        try db.run("DELETE FROM audit WHERE tenant = ? AND id <= ?", tenant, entry.id - limit)
        return entry
    }

    /// At most `count` entries with ids below `id`, newest first.
    static func entries(of tenant: TenantID, before id: Int, count: Int, in db: Database) throws -> [AuditEntry] {
        try db.all(
            "SELECT \(columns) FROM audit WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
            tenant.rawValue, id, count
        ) { try entry($0, of: tenant.rawValue) }
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT \(columns), tenant FROM audit") { row in
            try body { _ = try entry(row, of: try RowReader(row, of: "audit").text(7)) }
        }
    }

    private static let columns = "id, act, subject, detail, actor, at, sum"

    private static func entry(_ row: Row, of tenant: String) throws -> AuditEntry {
        let reader = RowReader(row, of: "audit")
        let act = AdminAct(try reader.text(1), subject: try reader.text(2), detail: try reader.text(3))
        let entry = AuditEntry(
            id: try reader.int(0), act: act, actor: try reader.value(4, UserID.init), timestamp: try reader.time(5))
        try reader.check(sum(of: entry, of: tenant), against: 6)
        return entry
    }

    private static func sum(of entry: AuditEntry, of tenant: String) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(entry.id)
        sum.add(entry.act.name)
        sum.add(entry.act.subject)
        sum.add(entry.act.detail)
        sum.add(entry.actor.rawValue)
        sum.add(entry.timestamp.milliseconds)
        return sum.value
    }
}
