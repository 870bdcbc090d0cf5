public import Events
public import NIOCore
import Synchronization

/// Who is there and who types, of all tenants, in this process's memory.
///
/// From any thread. A tenant costs nothing once the last of its users has been gone for 5 s. Changes of one tenant are
/// announced in the order in which they came about. One timer serves all tenants, while there is anything that ends
/// by itself; that ends at most ``beat`` late.
public final class PresenceHub: Sendable {
    private struct State {
        var tenants: [TenantID: TenantPresence] = [:]
        /// Tenants in which something ends by itself.
        var pending: Set<TenantID> = []
        var timer: RepeatedTask?
        /// Presence changes that were announced, of all tenants, so that no tenant ever has a number again.
        var version = 0
    }

    static let beat = TimeAmount.milliseconds(500)

    private let state = Mutex(State())
    private let loop: any EventLoop
    private let wallClock: @Sendable () -> Int
    private let boards: @Sendable (TenantID) -> Set<BoardID>?
    private let announce: @Sendable (EventFrame, TenantID) -> Void

    /// - Parameters:
    ///   - loop: has the timer; its clock is the one that times are taken by.
    ///   - wallClock: milliseconds since 1970.
    ///   - boards: which boards a tenant has; nil while that is not known, then they are as they were. Called, as is
    ///     `announce`, while the hub is locked: neither may call it back.
    ///   - announce: hands an event to those who are connected now.
    public init(
        on loop: any EventLoop, wallClock: @escaping @Sendable () -> Int,
        boards: @escaping @Sendable (TenantID) -> Set<BoardID>?,
        announce: @escaping @Sendable (EventFrame, TenantID) -> Void
    ) {
        self.loop = loop
        self.wallClock = wallClock
        self.boards = boards
        self.announce = announce
    }

    /// The presence of those whom `relay` serves.
    public convenience init(for relay: Relay, on loop: any EventLoop) {
        self.init(
            on: loop, wallClock: { [weak relay] in relay?.wallClock() ?? 0 },
            boards: { [weak relay] in relay?.boards(of: $0) },
            announce: { [weak relay] in relay?.announce(ephemeral: $0, in: $1) })
    }

    // MARK: Connections

    /// One connection of `user` came, which is shown `boards`. Each calls ``leave(_:from:in:)`` once, with the same boards.
    public func arrive(_ user: UserID, at boards: Selection.Boards, in tenant: TenantID) {
        with(tenant) { $0.arrive(user, at: boards, $1) }
    }

    /// One connection of `user` is gone. Others hear of it 5 s later, unless the user is back by then.
    public func leave(_ user: UserID, from boards: Selection.Boards, in tenant: TenantID) {
        with(tenant) { $0.leave(user, from: boards, $1) }
    }

    /// One connection of `user` is now shown other boards.
    public func change(
        _ user: UserID, from old: Selection.Boards, to new: Selection.Boards, in tenant: TenantID
    ) {
        with(tenant) { $0.change(user, from: old, to: new, $1) }
    }

    /// A board of the tenant was made or deleted. Every other call sees that too; this one is for a tenant in which
    /// nothing else happens.
    public func boardsChanged(in tenant: TenantID) {
        with(tenant) { _, _ in }
    }

    // MARK: Typing

    /// `user` types at a task, or no longer does; it ends by itself 5 s after it was last said. Needs no connection.
    ///
    /// - Throws: ``RoomError/full(limit:)`` when too many tasks are typed at in this tenant, or by this user.
    public func set(
        typing isTyping: Bool, at task: Int, on board: BoardID, by user: UserID, in tenant: TenantID
    ) throws(RoomError) {
        let place = Typing.Place(board: board, task: task, user: user)
        try with(tenant) { (rows, now) throws(RoomError) in try rows.set(typing: isTyping, at: place, now) }
    }

    // MARK: Who is there

    /// Empty for a board that the tenant has not.
    public func roster(of board: BoardID, in tenant: TenantID) -> Roster {
        with(tenant) { $0.roster(of: board, at: $1) }
    }

    /// The lists that a reader of `boards` begins with, each a `presence.state`: those of the first
    /// boards by id, 100 and 64 KiB at most, one at least.
    ///
    /// Announcements in flight may repeat what the lists contain. A reader that was subscribed before this call misses
    /// none. `version` equals ``version(of:)`` until presence next changes.
    public func lists(of boards: Selection.Boards, in tenant: TenantID) -> (frames: [EventFrame], version: Int) {
        with(tenant) { ($0.lists(of: boards, at: $1), $0.version) }
    }

    /// Changes with each presence event that is announced in the tenant, and never comes back to what it was.
    ///
    /// A reader that lagged has missed none if this is still the version of the lists that it was last sent; otherwise it
    /// is sent ``lists(of:in:)`` again.
    public func version(of tenant: TenantID) -> Int { state.withLock { $0.tenants[tenant]?.version ?? 0 } }

    /// Tenants in which anybody is there or types.
    var tenants: Int { state.withLock { $0.tenants.count } }

    // MARK: Inside the lock

    private func with<Value: Sendable, Failure: Error>(
        _ tenant: TenantID, _ body: (TenantPresence, TenantPresence.Moment) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try state.withLock { (state) throws(Failure) in
            let rows = state.tenants[tenant] ?? TenantPresence()
            let now = now()
            defer { settle(rows, of: tenant, in: &state) }
            if let boards = boards(tenant) { rows.know(boards, at: now) }
            return try body(rows, now)
        }
    }

    /// Announces what has changed, keeps the tenant while there is anybody, and sees to it that the timer runs.
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
        .init(uptime: Int64(loop.now.uptimeNanoseconds), wallClock: wallClock())
    }
}
