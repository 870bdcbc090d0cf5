import Boards
import Events
import GRDB

/// `revocations`: those in force.
enum RevocationTable {
    /// - Parameter limit: revocations of a tenant that are kept.
    /// - Throws: ``Boards/BoardError/conflict(_:)`` when there is no room; the caller's transaction is to be rolled back.
    static func insert(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp, limit: Int, in db: Database
    ) throws -> Revocation {
        let tenant = author.tenant.rawValue
        let last =
            try db.first("SELECT coalesce(max(id), 0) FROM revocations WHERE tenant = ?", tenant) { $0[0] as Int } ?? 0
        let revocation = Revocation(
            id: last + 1, target: draft.target, reason: draft.reason, createdBy: author.user, createdAt: now)
        try deleteCovered(by: revocation, of: tenant, in: db)
        try requireRoom(for: revocation, of: tenant, limit: limit, in: db)
        var (token, subject, time): (String?, String?, Int?)
        switch draft.target {
        case .token(let id): token = id.rawValue
        case .subject(let user): subject = user.rawValue
        case .issuedBefore(let timestamp): time = timestamp.milliseconds
        }
        try db.run(
            """
            INSERT INTO revocations
                (tenant, id, token_id, subject, issued_before, reason, created_by, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            tenant, revocation.id, token, subject, time, revocation.reason, author.user.rawValue, now.milliseconds)
        return revocation
    }

    /// Newest first.
    static func revocations(of tenant: TenantID, before id: Int, count: Int, in db: Database) throws -> [Revocation] {
        try db.all(
            "SELECT \(columns) FROM revocations WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
            tenant.rawValue, id, count, read: revocation)
    }

    static func list(in db: Database) throws -> RevocationList {
        var list = RevocationList()
        for (tenant, revocation) in try db.all(
            "SELECT \(columns), tenant FROM revocations",
            read: { (TenantID($0[7]), try revocation($0)) })
        {
            guard let tenant else { throw UnreadableRow(table: "revocations") }
            list.insert(revocation, in: tenant)
        }
        return list
    }

    /// What ``Boards/Revocation/covers(_:)`` says, in SQL.
    private static func deleteCovered(by revocation: Revocation, of tenant: String, in db: Database) throws {
        switch revocation.target {
        case .token(let id):
            try db.run("DELETE FROM revocations WHERE tenant = ? AND token_id = ?", tenant, id.rawValue)
        case .subject(let user):
            try db.run(
                "DELETE FROM revocations WHERE tenant = ? AND subject = ? AND created_at <= ?", tenant, user.rawValue,
                revocation.createdAt.milliseconds)
        case .issuedBefore(let timestamp):
            let time = timestamp.milliseconds
            try db.run(
                """
                DELETE FROM revocations WHERE tenant = ? AND (
                    issued_before <= ? OR (subject IS NOT NULL AND created_at < ?)
                    OR (token_id IS NOT NULL AND created_at <= ?))
                """,
                tenant, time, time, time - Revocation.certainty)
        }
    }

    private static func requireRoom(
        for revocation: Revocation, of tenant: String, limit: Int, in db: Database
    ) throws {
        let kept = try db.first(
            "SELECT count(*), count(issued_before) FROM revocations WHERE tenant = ?", tenant
        ) { (all: $0[0] as Int, times: $0[1] as Int) }
        guard let kept, kept.all >= limit else { return }
        guard revocation.target.isIssuedBefore, kept.times == 0 else {
            throw BoardError.conflict(.revocationsFull(limit: limit))
        }
    }

    private static let columns = "id, token_id, subject, issued_before, reason, created_by, created_at"

    private static func revocation(_ row: Row) throws -> Revocation {
        let target: Revocation.Target? =
            if let token = row[1] as String? {
                TokenID(token).map { .token($0) }
            } else if let subject = row[2] as String? {
                UserID(subject).map { .subject($0) }
            } else {
                (row[3] as Int?).map { .issuedBefore(Timestamp(milliseconds: $0)) }
            }
        guard let target, let author = UserID(row[5]) else { throw UnreadableRow(table: "revocations") }
        return Revocation(
            id: row[0], target: target, reason: row[4], createdBy: author, createdAt: Timestamp(milliseconds: row[6]))
    }
}
