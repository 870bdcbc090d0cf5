public import Events

/// What administrators did, each tenant apart: revocations, and the record of all acts.
///
/// A write is safe when it returns. Every store passes the one suite in `Tests/Contracts`.
public protocol AdminStore: Sendable {
    /// Keeps a revocation and records the act, both or neither; deletes the revocations that it covers.
    ///
    /// - Throws: ``BoardError/conflict(_:)`` at ``AdminLimits/revocations``; an `issuedBefore` later than any is always taken.
    func revoke(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> Revocation

    /// Those in force, newest first, `count` at most.
    ///
    /// - Parameter id: the last of the page before.
    func revocations(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [Revocation]

    /// Those in force, of every tenant: for start-up.
    func revocationList() async throws(BoardError) -> RevocationList

    /// Records an act; the tenant's oldest goes at ``AdminLimits/auditEntries``.
    func record(_ act: AdminAct, by author: Principal, at now: Timestamp) async throws(BoardError) -> AuditEntry

    /// Newest first, `count` at most.
    ///
    /// - Parameter id: the last of the page before.
    func audit(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [AuditEntry]
}
