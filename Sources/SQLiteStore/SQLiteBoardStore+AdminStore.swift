public import Boards
public import Events
import GRDB

/// Administrators' acts bypass the queue of ordinary writes and run between two of the writer's groups: they are few,
/// and must not wait for many others.
extension SQLiteBoardStore: AdminStore {
    public func revoke(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> Revocation {
        try await administer { [limits = settings.admin] db in
            let revocation = try RevocationTable.insert(
                draft, by: author, at: now, limit: limits.revocations, in: db)
            _ = try AuditTable.insert(draft.act, by: author, at: now, limit: limits.auditEntries, in: db)
            return revocation
        }
    }

    public func revocations(
        of tenant: TenantID, before id: Int?, count: Int
    ) async throws(BoardError) -> [Revocation] {
        try await look { try RevocationTable.revocations(of: tenant, before: id ?? .max, count: count, in: $0) }
    }

    public func revocationList() async throws(BoardError) -> RevocationList {
        try await look(RevocationTable.list)
    }

    public func record(
        _ act: AdminAct, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> AuditEntry {
        try await administer { [limits = settings.admin] in
            try AuditTable.insert(act, by: author, at: now, limit: limits.auditEntries, in: $0)
        }
    }

    public func audit(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [AuditEntry] {
        try await look { try AuditTable.entries(of: tenant, before: id ?? .max, count: count, in: $0) }
    }

    /// One transaction, which is not tried again.
    private func administer<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(BoardError) -> Value {
        let result = await transaction(body)
        switch result {
        case .failure(.failed(let failure)): log.note(failure, of: log.acts)
        case .failure, .success: log.acts.succeed()
        }
        return try result.get()
    }

    /// The transaction is not cancelled with its caller: what is on disk must also take effect.
    private func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async -> Result<Value, BoardError> {
        if outage != nil { return .failure(.failed(.lost)) }
        return await withCheckedContinuation { reply in
            database.asyncWriteWithoutTransaction { db in
                reply.resume(
                    returning: Result { () throws(BoardError) in
                        try storing {
                            try db.beginTransaction(.immediate)
                            do {
                                let value = try body(db)
                                try db.commit()
                                return value
                            } catch {
                                if db.isInsideTransaction { try? db.rollback() }
                                throw error
                            }
                        }
                    })
            }
        }
    }
}
