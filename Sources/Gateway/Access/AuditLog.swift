public import Boards
public import Events
public import Logging

/// Records what administrators did: in the store, and as a line in the log.
public struct AuditLog: Sendable {
    private let store: any AdminStore
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger

    public init(
        store: any AdminStore, logger: Logger = Logger(label: "boardcast.audit"),
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Records an act; it is on disk when this returns.
    ///
    /// - Parameters:
    ///   - act: its kind, a dotted name: `connection.closed`.
    ///   - subject: what or whom it was done to.
    ///   - detail: further details; never a token.
    public func record(
        act: String, subject: String, detail: String = "", by author: Principal
    ) async throws(BoardError) {
        let act = AdminAct(act, subject: subject, detail: detail)
        _ = try await store.record(act, by: author, at: clock())
        log(act, by: author)
    }

    /// Revokes tokens, which the store records by itself.
    ///
    /// - Throws: as ``Boards/AdminStore/revoke(_:by:at:)`` does.
    func revoke(_ draft: RevocationDraft, by author: Principal) async throws(BoardError) -> Revocation {
        let revocation = try await store.revoke(draft, by: author, at: clock())
        log(draft.act, by: author)
        return revocation
    }

    /// Texts from clients are escaped, so that none can forge a line of the log; a detail may hold anything, and is not
    /// logged.
    private func log(_ act: AdminAct, by author: Principal) {
        logger.notice(
            "administration",
            metadata: [
                "act": "\(act.name)", "subject": "\(act.subject.debugDescription)", "tenant": "\(author.tenant)",
                "actor": "\(author.user.rawValue.debugDescription)",
            ])
    }
}
