import Boards
import Events
import GRDB

/// The table `revocations`: the revocations in force.
enum RevocationTable {
    /// - Parameter limit: revocations of a tenant that are kept.
    /// - Throws: ``Boards/BoardError/conflict(_:)`` when there is no room; the caller's transaction is to be rolled back.
    static func insert(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp, limit: Int, in db: Database
    ) throws -> Revocation {
        let tenant = author.tenant.rawValue
        let last =
            try db.first("SELECT coalesce(max(id), 0) AS id FROM revocations WHERE tenant = ?", tenant) {
                try RowReader($0, of: "revocations").int(0, in: 0...RowReader.highest)
            } ?? 0
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
                (tenant, id, token_id, subject, issued_before, reason, created_by, created_at, sum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            tenant, revocation.id, token, subject, time, revocation.reason, author.user.rawValue, now.milliseconds,
            sum(of: revocation, of: tenant))
        return revocation
    }

    /// At most `count` revocations with ids below `id`, newest first.
    static func revocations(of tenant: TenantID, before id: Int, count: Int, in db: Database) throws -> [Revocation] {
        try db.all(
            "SELECT \(columns) FROM revocations WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
            tenant.rawValue, id, count
        ) { try revocation($0, of: tenant.rawValue) }
    }

    /// - Throws: ``UnreadableRow`` for the first that can't be read: leaving one out would let a revoked token in.
    static func list(in db: Database) throws -> RevocationList {
        var list = RevocationList()
        try db.forEach("SELECT \(columns), tenant FROM revocations") { row in
            let tenant = try RowReader(row, of: "revocations").value(8, TenantID.init)
            list.insert(try revocation(row, of: tenant.rawValue), in: tenant)
        }
        return list
    }

    /// The SQL form of ``Boards/Revocation/covers(_:)``.
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
            let certain = timestamp - Revocation.certainty
            try db.run(
                """
                DELETE FROM revocations WHERE tenant = ? AND (
                    issued_before <= ? OR (subject IS NOT NULL AND created_at < ?)
                    OR (token_id IS NOT NULL AND created_at <= ?))
                """,
                tenant, time, time, certain.milliseconds)
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

    private static let columns = "id, token_id, subject, issued_before, reason, created_by, created_at, sum"

    private static func revocation(_ row: Row, of tenant: String) throws -> Revocation {
        let reader = RowReader(row, of: "revocations")
        let target: Revocation.Target
        if let token = try reader.valueIfAny(1, TokenID.init) {
            target = .token(token)
        } else if let subject = try reader.valueIfAny(2, UserID.init) {
            target = .subject(subject)
        } else {
            target = .issuedBefore(try reader.time(3))
        }
        let revocation = Revocation(
            id: try reader.int(0), target: target, reason: try reader.textIfAny(4),
            createdBy: try reader.value(5, UserID.init), createdAt: try reader.time(6))
        try reader.check(sum(of: revocation, of: tenant), against: 7)
        return revocation
    }

    private static func sum(of revocation: Revocation, of tenant: String) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(revocation.id)
        switch revocation.target {
        case .token(let id):
            sum.add(1)
            sum.add(id.rawValue)
        case .subject(let user):
            sum.add(2)
            sum.add(user.rawValue)
        case .issuedBefore(let time):
            sum.add(3)
            sum.add(time.milliseconds)
        }
        sum.add(revocation.reason)
        sum.add(revocation.createdBy.rawValue)
        sum.add(revocation.createdAt.milliseconds)
        return sum.value
    }
}
