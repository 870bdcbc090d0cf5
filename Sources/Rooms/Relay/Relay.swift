public import Events
public import NIOCore
import Synchronization

/// Hands committed events to the rooms on every event loop, in number order, without a gap, once.
///
/// There is one batch and one hop, for all events that were announced together, per loop that has connections of their
/// tenants. Announcements may be lost or
/// come out of order: missing events are read from the log. A tenant costs nothing here until one of its users
/// connects; its head and boards are then kept in memory, and within ``FramesBudget`` the newest frames.
public final class Relay: Sendable {
    struct Batch: Sendable {
        let tenant: TenantID
        /// The loop's head after this batch; 0 for frames that are not logged.
        var head: Int
        var frames: [EventFrame]
        /// Events before ``head`` that are not among ``frames`` were never handed over: they are in the log alone.
        var skips = false
        /// The log went back to an earlier state: ``head`` may be lower than what was handed over, and whoever is here has to
        /// come back with its cursor.
        var restarts = false
        /// From here on numbers are given in another epoch, which WebSockets have to be told when they connect.
        var renames = false
    }

    struct State {
        var memories: [TenantID: TenantMemory] = [:]
        /// The tenants without connections, the longest idle first.
        var idle: [TenantID] = []
        var history: (any TenantHistory)?
        /// Told of each tenant that comes into memory, if others write to the store as well.
        var kept: (@Sendable (TenantID) -> Void)?
        var presence: PresenceHub?
        var connections = 0
        /// The limits that may change at run time: how many connections there may be, and how much memory frames take.
        var admission: RoomLimits
        var frames = FramesBudget()
        /// Readings of recent frames that are under way.
        var recalls = 0
        var isDraining = false
        /// Whether the node can't know what happens on the others.
        var isIsolated = false
        /// The connections of each tenant on other nodes.
        var elsewhere: [TenantID: Int] = [:]
        /// Tenants whose missing events could not be read from the log when it was last tried.
        var stuck = 0

        /// Forgets the tenants that have been idle longest until `count` idle ones remain.
        mutating func forget(olderThan count: Int, on hubs: [LoopHub]) {
            while idle.count >= count {
                let tenant = idle.removeFirst()
                guard let memory = memories[tenant], memory.connections == 0 else { continue }
                remove(memory, of: tenant)
                for hub in hubs { hub.forget(tenant) }
            }
        }

        /// Hands batches to the loops that have connections of their tenants. One that has none yet is told nothing, and gets
        /// the head with its first reader.
        func hand(_ batches: [Batch], to hubs: [LoopHub]) {
            guard !batches.isEmpty else { return }
            for hub in hubs {
                let due = batches.filter { memories[$0.tenant]?.hasConnections(on: hub.number) == true }
                if !due.isEmpty { hub.receive(due) }
            }
        }

        mutating func admit(_ tenant: TenantID, _ user: UserID, on hub: Int) -> Result<Admission?, RoomError> {
            guard !isDraining, !isIsolated else { return .failure(.draining) }
            guard let memory = memories[tenant], memory.isReady else { return .success(nil) }
            let mine = memory.connectionsByUser[user, default: 0]
            let own = admission.tenants[tenant]
            if connections >= admission.connectionsTotal { return .failure(.full(limit: admission.connectionsTotal)) }
            if memory.connections >= own.connections - (elsewhere.isEmpty ? 0 : elsewhere[tenant] ?? 0) {
                return .failure(.full(limit: own.connections))
            }
            if mine >= own.connectionsPerUser { return .failure(.full(limit: own.connectionsPerUser)) }
            if memory.connections == 0 { idle.removeAll { $0 == tenant } }
            connections += 1
            memory.enter(hub)
            memory.connectionsByUser[user] = mine + 1
            return .success(Admission(head: memory.head, epochs: memory.epochs, boards: memory.boards))
        }

        mutating func remove(_ memory: TenantMemory, of tenant: TenantID) {
            frames.remove(memory)
            memories[tenant] = nil
        }
    }

    let limits: RoomLimits
    /// The memory of what waits for the sockets of all connections.
    let queued: MemoryBudget
    let state: Mutex<State>
    private let started: Mutex<[LoopHub]> = Mutex([])
    let clock: @Sendable () -> Timestamp
    static let idleTenants = 64
    /// The most events of a tenant's log that are read into its memory.
    static let mostRead = 10_000

    public init(limits: RoomLimits, clock: @escaping @Sendable () -> Timestamp) {
        self.limits = limits
        queued = MemoryBudget { limits.queuedBytesTotal }
        state = Mutex(State(admission: limits))
        self.clock = clock
    }

    /// Starts relaying: events announced from now on reach the rooms on `loops`.
    ///
    /// - Parameter presence: counts users who connect and leave; nil for no presence.
    public func start(
        history: any TenantHistory, on loops: some Sequence<any EventLoop>, presence: PresenceHub? = nil
    ) {
        state.withLock {
            $0.history = history
            $0.presence = presence
        }
        started.withLock {
            $0 = loops.enumerated().map {
                LoopHub(loop: $1, number: $0, relay: self, limits: limits, presence: presence)
            }
        }
    }

    public func hub(on loop: any EventLoop) -> LoopHub? {
        started.withLock { $0.first { $0.loop === loop } }
    }

    public var hubs: [LoopHub] { started.withLock { $0 } }
    public func wallClock() -> Timestamp { clock() }
    var history: (any TenantHistory)? { state.withLock { $0.history } }

    // MARK: Announcing

    /// Takes committed events. The store calls it after the commit and before it acknowledges the writes.
    public func announce(_ events: [Event]) {
        let hubs = self.hubs
        let presence = state.withLock { state in
            var batches: [Batch] = []
            var gaps: Set<TenantID> = []
            for event in events {
                guard let memory = state.memories[event.tenant] else { continue }
                guard event.seq > memory.head else {
                    if memory.contradicts(event) { gaps.insert(event.tenant) }
                    continue
                }
                if let frame = memory.take(EventFrame(event)) {
                    batches.append(frame, of: event.tenant)
                    while let next = memory.takeHeld() { batches.append(next, of: event.tenant) }
                    if memory.isDoubtful { gaps.insert(event.tenant) }
                    state.frames.use(memory, within: state.admission.recentBytesTotal)
                } else {
                    gaps.insert(event.tenant)
                }
            }
            // Under the lock: every loop must be handed the batches in the same order.
            state.hand(batches, to: hubs)
            for tenant in gaps { fill(tenant, in: &state) }
            return state.presence
        }
        // Not under the lock, which presence takes itself.
        for event in events where event.type == .boardCreated || event.type == .boardDeleted {
            presence?.boardsChanged(in: event.tenant)
        }
    }

    /// Announces an event that is not logged to the connections that are open now.
    public func announce(ephemeral frame: EventFrame, in tenant: TenantID) {
        let hubs = self.hubs
        state.withLock { state in
            state.hand([Batch(tenant: tenant, head: 0, frames: [frame])], to: hubs)
        }
    }

    // MARK: Tenants in memory

    /// The tenant's boards; nil when ``load(_:on:)`` must be called first.
    public func boards(of tenant: TenantID) -> Set<BoardID>? {
        state.withLock { $0.memories[tenant].flatMap { $0.isReady ? $0.boards : nil } }
    }

    /// Reads which boards the tenant has now: one that was just made on another node may not be known here yet.
    ///
    /// - Returns: nil where nobody else writes to the store; then nothing is read.
    public func readBoards(of tenant: TenantID, on hub: LoopHub) -> EventLoopFuture<Set<BoardID>>? {
        guard let history, state.withLock({ $0.kept != nil }) else { return nil }
        let promise = hub.loop.makePromise(of: Set<BoardID>.self)
        hub.read {
            try await history.boardIDs(of: tenant)
        } then: {
            promise.completeWith($0)
        }
        return promise.futureResult
    }

    /// Loads a tenant into memory; succeeds at once when it is there. Fails with the ``Events/StoreFailure`` of the
    /// read.
    public func load(_ tenant: TenantID, on loop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        enum Step { case ready, waiting, load(any TenantHistory, (@Sendable (TenantID) -> Void)?), unavailable }
        let step: Step = state.withLock { state in
            guard let history = state.history else { return .unavailable }
            switch state.memories[tenant]?.phase {
            case .ready: return .ready
            case .loading(let waiting):
                state.memories[tenant]?.phase = .loading(waiting + [promise])
                return .waiting
            case nil:
                state.memories[tenant] = TenantMemory(of: tenant, limits: limits, waiting: [promise])
                return .load(history, state.kept)
            }
        }
        switch step {
        case .ready: promise.succeed()
        case .waiting: break
        case .unavailable: promise.fail(RoomError.unavailable)
        case .load(let history, let kept):
            // Before it is read: what is committed after that is told.
            kept?(tenant)
            Task { await self.load(tenant, from: history) }
        }
        return promise.futureResult
    }

    private func load(_ tenant: TenantID, from history: any TenantHistory) async {
        let loaded: Result<(LogBounds, Set<BoardID>), StoreFailure>
        do throws(StoreFailure) {
            // One event is read as well, so that a log that can't be read is noticed here and not by each reader.
            let bounds = try await history.tail(of: tenant, count: 1, bytes: limits.recentBytes).bounds
            loaded = .success((bounds, try await history.boardIDs(of: tenant)))
        } catch {
            loaded = .failure(error)
        }
        let hubs = self.hubs
        let waiting: [EventLoopPromise<Void>] = state.withLock { state in
            guard case .loading(let waiting) = state.memories[tenant]?.phase else { return [] }
            switch loaded {
            case .success(let (bounds, boards)):
                guard let memory = state.memories[tenant] else { break }
                memory.finishLoading(bounds, boards: boards)
                // Nobody is here yet who would have to be handed them.
                while memory.takeHeld() != nil {}
                state.frames.use(memory, within: state.admission.recentBytesTotal)
                fill(tenant, in: &state)
                state.forget(olderThan: Self.idleTenants, on: hubs)
                state.idle.append(tenant)
            case .failure:
                if let memory = state.memories[tenant] { state.remove(memory, of: tenant) }
            }
            return waiting
        }
        for promise in waiting {
            if case .failure(let error) = loaded { promise.fail(error) } else { promise.succeed() }
        }
    }

    // MARK: Connections

    /// Replaces the limits on connections and on the frames of all tenants; open connections are not cut. All other
    /// members of `limits` are ignored.
    public func admit(within limits: RoomLimits) { state.withLock { $0.admission = limits } }

    struct Admission {
        var head: Int
        var epochs: Epochs
        let boards: Set<BoardID>
    }

    /// Counts connections in, all at once; nil for one whose tenant has to be loaded first.
    ///
    /// It fails with ``RoomError/full(limit:)`` and ``RoomError/draining``; no other connection is cut to make room.
    ///
    /// - Parameter hub: the ``LoopHub/number`` of the loop on which they are.
    func admit(_ callers: [(TenantID, UserID)], on hub: Int) -> [Result<Admission?, RoomError>] {
        let loop = hubs[hub]
        return state.withLock { state in
            var heads: [Batch] = []
            let admissions = callers.map { tenant, user in
                let isFirst = state.memories[tenant]?.hasConnections(on: hub) != true
                let admission = state.admit(tenant, user, on: hub)
                if isFirst, case .success(let known?) = admission {
                    heads.append(Batch(tenant: tenant, head: known.head, frames: []))
                }
                return admission
            }
            // In its order among the events that are handed over.
            if !heads.isEmpty { loop.receive(heads) }
            return admissions
        }
    }

    /// The admission with the head and the epochs of now.
    func refreshed(_ admission: Admission, of tenant: TenantID) -> Admission {
        state.withLock { state in
            guard let memory = state.memories[tenant], memory.isReady else { return admission }
            var fresh = admission
            (fresh.head, fresh.epochs) = (memory.head, memory.epochs)
            return fresh
        }
    }

    func release(_ tenant: TenantID, _ user: UserID, on hub: Int) {
        let hubs = self.hubs
        state.withLock { state in
            guard let memory = state.memories[tenant] else { return }
            state.connections -= 1
            memory.leave(hub)
            let left = memory.connectionsByUser[user, default: 1] - 1
            memory.connectionsByUser[user] = left > 0 ? left : nil
            if memory.connections == 0 {
                state.forget(olderThan: Self.idleTenants, on: hubs)
                state.idle.append(tenant)
            }
        }
    }

    enum Page {
        case frames([EventFrame])
        /// Only the store has what follows the number.
        case older
    }

    func page(of tenant: TenantID, after seq: Int) -> Page {
        let now = clock()
        return state.withLock { state in
            guard let memory = state.memories[tenant],
                let frames = memory.page(after: seq, bytes: limits.pageBytes, now: now)
            else { return .older }
            if !frames.isEmpty { state.frames.use(memory, within: state.admission.recentBytesTotal) }
            return .frames(frames)
        }
    }

    /// The epochs of a tenant that is in memory.
    func epochs(of tenant: TenantID) -> Epochs { state.withLock { $0.memories[tenant]?.epochs } ?? Epochs(.unknown) }

    func head(of tenant: TenantID) -> Int { state.withLock { $0.memories[tenant]?.head ?? 0 } }
    public var connections: Int { state.withLock { $0.connections } }

    /// The limits in force for a tenant.
    public func limits(of tenant: TenantID) -> RoomLimits.Tenant { state.withLock { $0.admission.tenants[tenant] } }

    public func connections(of tenant: TenantID) -> Int { state.withLock { $0.memories[tenant]?.connections ?? 0 } }

    /// A tenant's connections, and the number of its newest event.
    public struct TenantCount: Sendable {
        public let tenant: TenantID
        public let connections: Int
        public let head: Int

        public init(tenant: TenantID, connections: Int, head: Int) {
            (self.tenant, self.connections, self.head) = (tenant, connections, head)
        }
    }

    /// The counts of every tenant that is in memory.
    public func census() -> [TenantCount] {
        state.withLock { state in
            state.memories.compactMap { tenant, memory in
                memory.isReady
                    ? TenantCount(tenant: tenant, connections: memory.connections, head: memory.head) : nil
            }
        }
    }

    /// From now on no connection is admitted.
    public func drain() { state.withLock { $0.isDraining = true } }
    /// Whether events are missing on streams, for the log can't be read.
    public var isStuck: Bool { state.withLock { $0.stuck > 0 } }
    public var isDraining: Bool { state.withLock { $0.isDraining } }
}
