public import Boards
public import Events

/// Administrators' acts bypass the writers' queues: they are few, and must not wait for many others.
extension PostgresBoardStore: AdminStore {
    public func revoke(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> Revocation {
        let limits = settings.admin
        defer { gateways.tell(.wakes, "") }
        return try await administer(author.tenant, takes: "revocation") { connection, number, deadline in
            let revocation = Revocation(
                id: number, target: draft.target, reason: draft.reason, createdBy: author.user, createdAt: now)
            let tenant = SQLValue.text(author.tenant.rawValue)
            let kept = try connection.run(
                [
                    AdminTables.deleteCovered(by: revocation, of: author.tenant),
                    Statement(
                        "SELECT count(*), count(issued_before) FROM boardcast.revocations WHERE tenant = $1", tenant),
                ], by: deadline)[1]
            let reader = kept.reader(0, of: "revocations")
            if try reader.int(0, in: 0...RowReader.highest) >= limits.revocations {
                guard case .issuedBefore = draft.target, try reader.int(1, in: 0...RowReader.highest) == 0 else {
                    throw BoardError.conflict(.revocationsFull(limit: limits.revocations))
                }
            }
            let entry = try AdminTables.take("entry", of: author.tenant, on: connection, by: deadline)
            try connection.run(
                [AdminTables.insert(revocation, of: author.tenant)]
                    + AdminTables.insert(
                        AuditEntry(id: entry, act: draft.act, actor: author.user, timestamp: now), of: author.tenant,
                        limit: limits.auditEntries)
                    + [NodeTables.insert(.revoke(draft.target, at: now), of: author.tenant, by: nil)], by: deadline)
            return revocation
        }
    }

    public func revocations(
        of tenant: TenantID, before id: Int?, count: Int
    ) async throws(BoardError) -> [Revocation] {
        try await look { connection, deadline in
            try connection.run(
                [
                    Statement(
                        """
                        SELECT \(AdminTables.columns) FROM boardcast.revocations WHERE tenant = $1 AND id < $2
                        ORDER BY id DESC LIMIT $3
                        """, .text(tenant.rawValue), .int(id ?? .max), .int(count))
                ], by: deadline)[0].map(of: "revocations", AdminTables.revocation)
        }
    }

    /// Fails at the first that can't be read: leaving one out would let a revoked token in.
    public func revocationList() async throws(BoardError) -> RevocationList {
        try await look { connection, deadline in
            var list = RevocationList()
            let rows = try connection.run(
                [Statement("SELECT \(AdminTables.columns), tenant FROM boardcast.revocations")], by: deadline)[0]
            for row in 0..<rows.count {
                let reader = rows.reader(row, of: "revocations")
                list.insert(try AdminTables.revocation(reader), in: try reader.value(7, TenantID.init))
            }
            return list
        }
    }

    public func record(
        _ act: AdminAct, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> AuditEntry {
        let limit = settings.admin.auditEntries
        return try await administer(author.tenant, takes: "entry") { connection, number, deadline in
            let entry = AuditEntry(id: number, act: act, actor: author.user, timestamp: now)
            try connection.run(AdminTables.insert(entry, of: author.tenant, limit: limit), by: deadline)
            return entry
        }
    }

    public func audit(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [AuditEntry] {
        try await look { connection, deadline in
            try connection.run(
                [
                    Statement(
                        """
                        SELECT id, act, subject, detail, actor, at FROM boardcast.audit WHERE tenant = $1 AND id < $2
                        ORDER BY id DESC LIMIT $3
                        """, .text(tenant.rawValue), .int(id ?? .max), .int(count))
                ], by: deadline)[0].map(of: "audit", AdminTables.entry)
        }
    }

    /// One transaction, which is not tried again, under a number that is the tenant's next.
    private func administer<Value: Sendable>(
        _ tenant: TenantID, takes column: String,
        _ body: @escaping @Sendable (Connection, Int, _ deadline: Uptime) throws -> Value
    ) async throws(BoardError) -> Value {
        do {
            let value = try await pool.run(repeats: false) { [settings] connection in
                let deadline = Uptime.now() + settings.answerTime
                try connection.run([Statement("BEGIN")], by: deadline)
                let result = Result {
                    let number = try AdminTables.take(column, of: tenant, on: connection, by: deadline)
                    let value = try body(connection, number, deadline)
                    try connection.run([Statement("COMMIT")], by: deadline)
                    return value
                }
                if case .failure = result, !connection.isBroken {
                    try connection.run([Statement("ROLLBACK")], by: deadline)
                }
                return try result.get()
            }
            log.acts.succeed()
            return value
        } catch {
            let error = BoardError(storage: error)
            if let failure = error.failure { log.acts.note(failure) } else { log.acts.succeed() }
            throw error
        }
    }
}

/// The tables `revocations`, `audit` and `admin_heads`.
enum AdminTables {
    static let columns = "id, token_id, subject, issued_before, reason, created_by, created_at"

    /// Takes the tenant's next number of a kind; the row is held until the transaction ends.
    static func take(
        _ column: String, of tenant: TenantID, on connection: Connection, by deadline: Uptime
    ) throws(PostgresError) -> Int {
        try connection.run(
            [
                Statement(
                    """
                    INSERT INTO boardcast.admin_heads (tenant, \(column)) VALUES ($1, 1)
                    ON CONFLICT (tenant) DO UPDATE SET \(column) = admin_heads.\(column) + 1 RETURNING \(column)
                    """, .text(tenant.rawValue))
            ], by: deadline)[0].reader(0, of: "admin_heads").int(0)
    }

    static func insert(_ revocation: Revocation, of tenant: TenantID) -> Statement {
        var (token, subject, time): (String?, String?, Int?)
        switch revocation.target {
        case .token(let id): token = id.rawValue
        case .subject(let user): subject = user.rawValue
        case .issuedBefore(let timestamp): time = timestamp.milliseconds
        }
        return Statement(
            "INSERT INTO boardcast.revocations (tenant, \(columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            .text(tenant.rawValue), .int(revocation.id), .text(token), .text(subject), .int(time),
            .text(revocation.reason), .text(revocation.createdBy.rawValue), .int(revocation.createdAt.milliseconds))
    }

    /// - Parameter limit: entries of a tenant that are kept.
    static func insert(_ entry: AuditEntry, of tenant: TenantID, limit: Int) -> [Statement] {
        [
            Statement(
                """
                INSERT INTO boardcast.audit (tenant, id, act, subject, detail, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
                """, .text(tenant.rawValue), .int(entry.id), .text(entry.act.name), .text(entry.act.subject),
                .text(entry.act.detail), .text(entry.actor.rawValue), .int(entry.timestamp.milliseconds)),
            Statement(
                "DELETE FROM boardcast.audit WHERE tenant = $1 AND id <= $2", .text(tenant.rawValue),
                .int(entry.id - limit)),
        ]
    }

    /// The SQL form of ``Boards/Revocation/covers(_:)``.
    static func deleteCovered(by revocation: Revocation, of tenant: TenantID) -> Statement {
        let tenant = SQLValue.text(tenant.rawValue)
        switch revocation.target {
        case .token(let id):
            return Statement(
                "DELETE FROM boardcast.revocations WHERE tenant = $1 AND token_id = $2", tenant, .text(id.rawValue))
        case .subject(let user):
            return Statement(
                "DELETE FROM boardcast.revocations WHERE tenant = $1 AND subject = $2 AND created_at <= $3", tenant,
                .text(user.rawValue), .int(revocation.createdAt.milliseconds))
        case .issuedBefore(let timestamp):
            let certain = timestamp - Revocation.certainty
            return Statement(
                """
                DELETE FROM boardcast.revocations WHERE tenant = $1 AND (
                    issued_before <= $2 OR (subject IS NOT NULL AND created_at < $2)
                    OR (token_id IS NOT NULL AND created_at <= $3))
                """, tenant, .int(timestamp.milliseconds), .int(certain.milliseconds))
        }
    }

    static func revocation(_ row: RowReader) throws(PostgresError) -> Revocation {
        let target: Revocation.Target
        if let token = try row.valueIfAny(1, TokenID.init) {
            target = .token(token)
        } else if let subject = try row.valueIfAny(2, UserID.init) {
            target = .subject(subject)
        } else {
            target = .issuedBefore(try row.time(3))
        }
        return Revocation(
            id: try row.int(0), target: target, reason: try row.textIfAny(4), createdBy: try row.value(5, UserID.init),
            createdAt: try row.time(6))
    }

    static func entry(_ row: RowReader) throws(PostgresError) -> AuditEntry {
        let act = AdminAct(try row.text(1), subject: try row.text(2), detail: try row.text(3))
        return AuditEntry(
            id: try row.int(0), act: act, actor: try row.value(4, UserID.init), timestamp: try row.time(5))
    }
}
