public import Boards
public import Events

/// An ``AdminStore`` that forgets when the process ends: the twin that tests run beside the real one.
public actor MemoryAdminStore: AdminStore {
    private struct OfTenant {
        /// Oldest first.
        var revocations: [Revocation] = []
        var entries: [AuditEntry] = []
    }

    private let limits: AdminLimits
    private var tenants: [TenantID: OfTenant] = [:]

    public init(limits: AdminLimits = AdminLimits()) { self.limits = limits }

    public func revoke(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> Revocation {
        let kept = tenants[author.tenant]?.revocations ?? []
        let revocation = Revocation(
            id: (kept.last?.id ?? 0) + 1, target: draft.target, reason: draft.reason, createdBy: author.user,
            createdAt: now)
        let others = kept.filter { !revocation.covers($0) }
        let isLatest = draft.target.isIssuedBefore && !others.contains(where: \.target.isIssuedBefore)
        guard others.count < limits.revocations || isLatest else {
            throw .conflict(.revocationsFull(limit: limits.revocations))
        }
        tenants[author.tenant, default: OfTenant()].revocations = others + [revocation]
        add(draft.act, by: author, at: now)
        return revocation
    }

    public func revocations(
        of tenant: TenantID, before id: Int?, count: Int
    ) async throws(BoardError) -> [Revocation] {
        Array((tenants[tenant]?.revocations ?? []).reversed().lazy.filter { $0.id < id ?? .max }.prefix(count))
    }

    public func revocationList() async throws(BoardError) -> RevocationList {
        tenants.reduce(into: RevocationList()) { list, tenant in
            for revocation in tenant.value.revocations { list.insert(revocation, in: tenant.key) }
        }
    }

    public func record(_ act: AdminAct, by author: Principal, at now: Timestamp) async throws(BoardError) -> AuditEntry
    {
        add(act, by: author, at: now)
    }

    public func audit(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [AuditEntry] {
        Array((tenants[tenant]?.entries ?? []).reversed().lazy.filter { $0.id < id ?? .max }.prefix(count))
    }

    @discardableResult
    private func add(_ act: AdminAct, by author: Principal, at now: Timestamp) -> AuditEntry {
        var mine = tenants.removeValue(forKey: author.tenant) ?? OfTenant()
        let entry = AuditEntry(id: (mine.entries.last?.id ?? 0) + 1, act: act, actor: author.user, timestamp: now)
        mine.entries.append(entry)
        if mine.entries.count > limits.auditEntries { mine.entries.removeFirst() }
        tenants[author.tenant] = mine
        return entry
    }
}
