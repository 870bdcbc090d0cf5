public import Events

/// Stores what administrators did, separately for each tenant: revocations, and the record of all acts.
///
/// A write is safe when it returns, and is tried once: ``ActKeeper`` tries again. Every store passes the one suite in `Tests/Contracts`.
public protocol AdminStore: Sendable {
    /// Keeps a revocation and records the act, both or neither; deletes the revocations that it covers.
    ///
    /// - Throws: ``BoardError/conflict(_:)`` at ``AdminLimits/revocations``; an `issuedBefore` later than all others is
    ///   always accepted.
    func revoke(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> Revocation

    /// The revocations in force, newest first, at most `count`.
    ///
    /// - Parameter id: the last of the page before.
    func revocations(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [Revocation]

    /// The revocations in force of every tenant. Used at start-up.
    func revocationList() async throws(BoardError) -> RevocationList

    /// Records an act; the tenant's oldest entry is deleted at ``AdminLimits/auditEntries``.
    func record(_ act: AdminAct, by author: Principal, at now: Timestamp) async throws(BoardError) -> AuditEntry

    /// Newest first, `count` at most.
    ///
    /// - Parameter id: the last of the page before.
    func audit(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [AuditEntry]
}
