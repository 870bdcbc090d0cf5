import Boards
import Events
import GRDB

/// `audit`: the newest acts of each tenant's administrators.
enum AuditTable {
    /// - Parameter limit: entries of a tenant that are kept.
    static func insert(
        _ act: AdminAct, by author: Principal, at now: Timestamp, limit: Int, in db: Database
    ) throws -> AuditEntry {
        let tenant = author.tenant.rawValue
        let last = try db.first("SELECT coalesce(max(id), 0) FROM audit WHERE tenant = ?", tenant) { $0[0] as Int } ?? 0
        let entry = AuditEntry(id: last + 1, act: act, actor: author.user, timestamp: now)
        try db.run(
            "INSERT INTO audit (tenant, id, act, subject, detail, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            tenant, entry.id, act.name, act.subject, act.detail, author.user.rawValue, now.milliseconds)
        try db.run("DELETE FROM audit WHERE tenant = ? AND id <= ?", tenant, entry.id - limit)
        return entry
    }

    /// Newest first.
    static func entries(of tenant: TenantID, before id: Int, count: Int, in db: Database) throws -> [AuditEntry] {
        try db.all(
            """
            SELECT id, act, subject, detail, actor, at FROM audit
            WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?
            """,
            tenant.rawValue, id, count
        ) {
            guard let actor = UserID($0[4]) else { throw UnreadableRow(table: "audit") }
            return AuditEntry(
                id: $0[0], act: AdminAct($0[1], subject: $0[2], detail: $0[3]), actor: actor,
                timestamp: Timestamp(milliseconds: $0[5]))
        }
    }
}
