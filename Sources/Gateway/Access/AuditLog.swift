public import Boards
public import Events
public import Logging

/// Records what administrators did: as a line in the log at once, and in the store as soon as it takes it.
public struct AuditLog: Sendable {
    private let keeper: ActKeeper
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger

    public init(
        store: any AdminStore, logger: Logger = Logger(label: "boardcast.audit"),
        clock: @escaping @Sendable () -> Timestamp
    ) {
        keeper = ActKeeper(store: store, logger: logger)
        self.clock = clock
        self.logger = logger
    }

    var now: Timestamp { clock() }

    /// Records an act that was done.
    ///
    /// - Parameters:
    ///   - act: its kind, a dotted name: `connection.closed`.
    ///   - subject: what or whom it was done to.
    ///   - detail: further details; never a token.
    /// - Returns: whether it is on disk. If not, it is stored later, and lost only if the process ends before, or if
    ///   very many acts wait already.
    func record(act: String, subject: String, detail: String = "", by author: Principal) async -> Bool {
        let act = AdminAct(act, subject: subject, detail: detail)
        if case .stored = await keep(KeptAct(.record(act), by: author, at: now)) { return true }
        return false
    }

    /// Stores a revocation that is in force, and records it.
    func keep(_ kept: KeptAct) async -> ActKeeper.Outcome {
        logger.notice("administration", metadata: kept.metadata)
        return await keeper.keep(kept)
    }

    /// The tenant's revocations that are in force and not stored yet, newest first.
    func waitingRevocations(of tenant: TenantID) -> [WaitingRevocation] { keeper.waitingRevocations(of: tenant) }

    /// Whether anything that was done could not be stored yet.
    var isBehind: Bool { keeper.isBehind }

    /// Has what waits stored, within `patience`, and logs what can't be. Call before the store is closed.
    public func close(within patience: Duration) async { await keeper.close(within: patience) }

    /// Accepts nothing more, and logs what is not stored.
    public func giveUp() { keeper.giveUp() }
}
