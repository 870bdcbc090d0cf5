public import Events
public import NIOCore
import Synchronization

/// Presence and typing of all tenants, in this process's memory.
///
/// Thread-safe. A tenant costs nothing once its last user has been gone for 5 s. Changes of one tenant are announced in
/// the order in which they happened. One timer serves all tenants while anything can expire, which it does at most
/// ``beat`` late.
public final class PresenceHub: Sendable {
    private struct State {
        var tenants: [TenantID: TenantPresence] = [:]
        /// The tenants in which something will expire.
        var pending: Set<TenantID> = []
        var timer: RepeatedTask?
        /// Counts the presence changes announced in all tenants, so that no version of a tenant's presence occurs
        /// twice.
        var version = 0
        /// What the other nodes are to be told; nil where there are none.
        var ledger: PresenceLedger?
        var tellTyping: TypingTeller?
    }

    static let beat = TimeAmount.milliseconds(500)

    private let state = Mutex(State())
    private let loop: any EventLoop
    private let wallClock: @Sendable () -> Timestamp
    private let boards: @Sendable (TenantID) -> Set<BoardID>?
    private let announce: @Sendable (EventFrame, TenantID) -> Void

    /// - Parameters:
    ///   - loop: runs the timer and provides the clock.
    ///   - boards: the boards of a tenant; nil while they are not known, and then the previous ones are kept. Called,
    ///     like `announce`, while the hub is locked: neither may call the hub.
    ///   - announce: hands an event to the connections that are open now.
    public init(
        on loop: any EventLoop, wallClock: @escaping @Sendable () -> Timestamp,
        boards: @escaping @Sendable (TenantID) -> Set<BoardID>?,
        announce: @escaping @Sendable (EventFrame, TenantID) -> Void
    ) {
        self.loop = loop
        self.wallClock = wallClock
        self.boards = boards
        self.announce = announce
    }

    /// A hub for the connections of `relay`.
    public convenience init(for relay: Relay, on loop: any EventLoop) {
        self.init(
            on: loop, wallClock: { [weak relay] in relay?.wallClock() ?? .distantPast },
            boards: { [weak relay] in relay?.boards(of: $0) },
            announce: { [weak relay] in relay?.announce(ephemeral: $0, in: $1) })
    }

    // MARK: Connections

    /// Counts a new connection of `user` that is shown `boards`. For each connection ``leave(_:from:in:)`` must be
    /// called once, with the same boards.
    public func arrive(_ user: UserID, at boards: Selection.Boards, in tenant: TenantID) {
        with(tenant, telling: { $0.arrive(user, at: boards, in: tenant) }) { $0.arrive(user, at: boards, $1) }
    }

    /// Counts new connections of `users` as ``arrive(_:at:in:)`` does, and returns the ``lists(of:in:)`` after it.
    func arrive(
        _ users: [UserID], at boards: Selection.Boards, in tenant: TenantID
    ) -> (frames: [EventFrame], version: Int) {
        with(
            tenant, telling: { ledger in for user in users { ledger.arrive(user, at: boards, in: tenant) } }
        ) { rows, now in
            for user in users { rows.arrive(user, at: boards, now) }
        }
        return lists(of: boards, in: tenant)
    }

    /// Counts a connection of `user` out. It is announced 5 s later, unless the user has returned by then.
    public func leave(_ user: UserID, from boards: Selection.Boards, in tenant: TenantID) {
        with(tenant, telling: { $0.leave(user, from: boards, in: tenant) }) { $0.leave(user, from: boards, $1) }
    }

    /// One connection of `user` is now shown other boards.
    public func change(
        _ user: UserID, from old: Selection.Boards, to new: Selection.Boards, in tenant: TenantID
    ) {
        with(
            tenant,
            telling: {
                $0.arrive(user, at: new, in: tenant)
                $0.leave(user, from: old, in: tenant)
            }
        ) { $0.change(user, from: old, to: new, $1) }
    }

    /// A board of the tenant was made or deleted. Every other call notices that too; this one is needed for a tenant in
    /// which nothing else happens.
    public func boardsChanged(in tenant: TenantID) {
        with(tenant) { _, _ in }
    }

    // MARK: Typing

    /// Sets whether `user` types at a task. Typing expires 5 s after it was last set. The user needs no connection.
    ///
    /// - Throws: ``RoomError/full(limit:)`` at the limit of tasks being typed at in this tenant, or by this user.
    public func set(
        typing isTyping: Bool, at task: Int, on board: BoardID, by user: UserID, in tenant: TenantID
    ) throws(RoomError) {
        let place = Typing.Place(board: board, task: task, user: user)
        let isTold = try with(tenant) { (rows, now) throws(RoomError) in
            try rows.set(typing: isTyping, at: place, now)
        }
        if isTold, let tell = state.withLock({ $0.tellTyping }) { tell(isTyping, task, board, user, tenant) }
    }

    // MARK: Presence

    /// The users present on the board; empty for a board that the tenant does not have.
    public func roster(of board: BoardID, in tenant: TenantID) -> Roster {
        with(tenant) { $0.roster(of: board, at: $1) }
    }

    /// The lists that a reader of `boards` is sent first, each a `presence.state`: those of the first boards by id, at
    /// most 100 lists and 64 KiB, but at least one.
    ///
    /// Announcements in flight may repeat what the lists contain. A reader that was subscribed before this call misses
    /// none. `version` equals ``version(of:)`` until presence next changes.
    public func lists(of boards: Selection.Boards, in tenant: TenantID) -> (frames: [EventFrame], version: Int) {
        with(tenant) { ($0.lists(of: boards, at: $1), $0.version) }
    }

    /// A version that changes with each presence event announced in the tenant, and never repeats.
    ///
    /// A reader that lagged has missed none if this is still the version of the lists that it was last sent; otherwise it
    /// is sent ``lists(of:in:)`` again.
    public func version(of tenant: TenantID) -> Int { state.withLock { $0.tenants[tenant]?.version ?? 0 } }

    /// The number of tenants in which a user is present or types.
    var tenants: Int { state.withLock { $0.tenants.count } }

    // MARK: Other nodes

    /// Begins to note what the other nodes are to be told. Call before the first connection.
    public func share() { state.withLock { $0.ledger = PresenceLedger() } }

    /// Tells the other nodes that a user types, or has stopped.
    public typealias TypingTeller =
        @Sendable (_ isTyping: Bool, _ task: Int, _ board: BoardID, _ user: UserID, _ tenant: TenantID) -> Void

    /// Has `tell` called with each change that is announced because of ``set(typing:at:on:by:in:)``. It must not block.
    public func tellTyping(_ tell: @escaping TypingTeller) { state.withLock { $0.tellTyping = tell } }

    /// Takes up to `count` of the changes that the other nodes have not been told.
    public func takeChanges(_ count: Int) -> [(stay: PresenceLedger.Stay, isHere: Bool)] {
        state.withLock { $0.ledger?.takeChanges(count) ?? [] }
    }

    /// Has ``takeChanges(_:)`` give everything again.
    public func tellAll() { state.withLock { $0.ledger?.tellAll() } }

    // MARK: Inside the lock

    func with<Value: Sendable, Failure: Error>(
        _ tenant: TenantID, telling note: (inout PresenceLedger) -> Void = { _ in },
        _ body: (TenantPresence, TenantPresence.Moment) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try state.withLock { (state) throws(Failure) in
            if state.ledger != nil { note(&state.ledger!) }
            let rows = state.tenants[tenant] ?? TenantPresence()
            let now = now()
            defer { settle(rows, of: tenant, in: &state) }
            if let boards = boards(tenant) { rows.know(boards, at: now) }
            return try body(rows, now)
        }
    }

    /// Announces the changes, keeps the tenant while any user is present or types, and makes sure that the timer runs.
    private func settle(_ rows: TenantPresence, of tenant: TenantID, in state: inout State) {
        let frames = rows.takeFrames()
        if frames.contains(where: { $0.type != .typing }) {
            state.version += 1
            rows.version = state.version
        }
        for frame in frames { announce(frame, tenant) }
        state.tenants[tenant] = rows.isEmpty ? nil : rows
        if rows.nextDeadline == nil {
            state.pending.remove(tenant)
        } else {
            state.pending.insert(tenant)
        }
        if state.pending.isEmpty {
            state.timer?.cancel()
            state.timer = nil
        } else if state.timer == nil {
            state.timer = loop.scheduleRepeatedTask(initialDelay: Self.beat, delay: Self.beat) { [weak self] _ in
                self?.expire()
            }
        }
    }

    private func expire() {
        state.withLock { state in
            let now = now()
            for tenant in state.pending {
                guard let rows = state.tenants[tenant] else { continue }
                rows.expire(at: now)
                settle(rows, of: tenant, in: &state)
            }
        }
    }

    private func now() -> TenantPresence.Moment {
        .init(uptime: Uptime(loop.now), wallClock: wallClock())
    }
}
