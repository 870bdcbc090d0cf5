import Boards
import Events
import HTTPTypes
import Imports
import Logging
import Rooms
import ServiceLifecycle
import Synchronization

/// This gateway among the others on its database: its beat tells what it has, reads what was ordered and what the others
/// have, and shows both sides that the other is there.
///
/// A node that has not reached the database for ``NodeSettings/isolation`` can't know who was revoked: it ends its streams
/// and admits nobody until it has read everything that it missed.
final class Nodes: Service {
    /// Between two beats, unless something is to be told or heard.
    static let pause = Duration.milliseconds(400)
    /// Between two beats in any case.
    private static let shortestPause = Duration.milliseconds(40)
    /// Between two looks at whether the database has been reached.
    private static let watch = Duration.milliseconds(100)
    /// How long ending all streams may take, of the time until a node is isolated.
    private static let ending = Duration.seconds(1)
    /// Clients of a node that is isolated come back within this time, to others.
    private static let window = Duration.seconds(2)
    /// Between two rounds of deleting old orders.
    private static let purgePause = Duration.seconds(60)

    struct Parts: Sendable {
        let admin: any AdminStore
        let authenticator: Authenticator
        let relay: Relay
        let presence: PresenceHub
        let imports: ImportRunner
        /// About when a client that was cut shall come back.
        let retry: Duration
    }

    private struct State {
        /// Where it listens.
        var address: String
        /// The ids that it had before its lease ran out.
        var former: [NodeID] = []
        var order = 0
        var others = OtherNodes()
        var holdings = OwnHoldings()
        /// When the beat began that was answered last.
        var contact = Uptime.distantPast
        /// Since when none has failed: who was away itself can't say of others that they are.
        var steadySince = Uptime.never
        var isIsolated = false
        var isLeaving = false
        var rest: Task<Void, Never>?
        var isWoken = false
        var purgedAt = Uptime.distantPast
    }

    let settings: NodeSettings
    private let name: NodeName
    let parts: Parts
    private let startedAt: Timestamp
    let logger: Logger
    let asking = Mutex(0)
    let passing = Mutex(Passing())
    let uptime: @Sendable () -> Uptime
    private let state: Mutex<State>
    var store: any NodeStore { settings.store }
    var wallClock: Timestamp { parts.relay.wallClock() }

    init(
        _ settings: NodeSettings, as name: NodeName, _ parts: Parts, logger: Logger = Logger(label: "boardcast.nodes"),
        uptime: @escaping @Sendable () -> Uptime = Uptime.nowWithSleep
    ) {
        (self.settings, self.name, self.parts, self.logger, self.uptime) = (settings, name, parts, logger, uptime)
        startedAt = parts.relay.wallClock()
        state = Mutex(State(address: settings.address(nil)))
    }

    var id: NodeID { name.id }
    /// Whether it is, or was, this node.
    func isOwn(_ id: NodeID) -> Bool { self.id == id || state.withLock { $0.former.contains(id) } }

    /// This node, as the others see it.
    var own: NodeState {
        NodeState(
            id: id, name: settings.name, address: state.withLock { $0.address }, startedAt: startedAt,
            connections: parts.relay.connections)
    }

    /// The others, in the order of their names; those that are silent are among them until their leases have ended.
    var others: [NodeState] { state.withLock { $0.others.states } }
    var isIsolated: Bool { state.withLock { $0.isIsolated } }

    /// The state for `/readyz`.
    var check: HealthCheck {
        var check = HealthCheck("nodes")
        let (isIsolated, others) = state.withLock { ($0.isIsolated, $0.others.states) }
        if isIsolated {
            (check.status, check.reason) = (.failing, "isolated")
            check.detail = Problem.isolated.detail
        } else if others.contains(where: { $0.silence >= Self.pause * 4 }) {
            (check.status, check.reason) = (.warning, "node_silent")
            check.detail = "a node of this database has not been heard of for some seconds"
        }
        return check
    }

    /// It listens; `port` is the one that it was given.
    func listens(on port: Int?) { state.withLock { $0.address = settings.address(port) } }

    // MARK: Joining

    /// Becomes a node, and learns what is revoked. Call before the first request.
    func load() async throws(StoreFailure) {
        parts.presence.share()
        listen()
        try await join()
    }

    private func join() async throws(StoreFailure) {
        let began = uptime()
        let own = own
        let order = try await store.join(own)
        try await readRevocations()
        state.withLock {
            $0.order = order
            $0.contact = began
        }
        logger.notice("node", metadata: ["id": "\(own.id)", "name": "\(own.name)"])
    }

    /// Its lease has run out, and another node has ended what was its: it begins anew under another name.
    private func joinAgain() async throws(StoreFailure) {
        let former = name.renew()
        state.withLock { state in
            state.former = Array((state.former + [former]).suffix(8))
            state.holdings.begin()
        }
        parts.presence.tellAll()
        try await join()
    }

    private func readRevocations() async throws(StoreFailure) {
        let list: RevocationList
        do throws(BoardError) { list = try await parts.admin.revocationList() } catch {
            if case .failed(let failure) = error { throw failure }
            throw .broken("\(error)")
        }
        parts.authenticator.learn(list)
        let authenticator = parts.authenticator
        _ = try? await parts.relay.closeAll(.revoked) { authenticator.isRevoked($0) }
    }

    // MARK: Beating

    func run() async throws {
        // Until now there was nobody to be wrong about.
        let now = uptime()
        state.withLock { $0.contact = now }
        await withTaskGroup { group in
            group.addTask { await self.beatOn() }
            group.addTask { await self.watchOn() }
            try? await gracefulShutdown()
            state.withLock { $0.isLeaving = true }
            group.cancelAll()
        }
        try? await store.leave(id)
    }

    /// Has the next beat begin at once.
    func wake() {
        state.withLock {
            $0.isWoken = true
            $0.rest?.cancel()
        }
    }

    private func beatOn() async {
        while !Task.isCancelled {
            let isMore = await beat()
            if !isMore { await rest() }
        }
    }

    private func rest() async {
        // Nodes that wake each other do not beat without a pause.
        try? await Task.sleep(for: Self.shortestPause)
        let rest = state.withLock { state -> Task<Void, Never>? in
            defer { state.isWoken = false }
            if state.isWoken { return nil }
            let rest = Task<Void, Never> { try? await Task.sleep(for: Self.pause) }
            state.rest = rest
            return rest
        }
        guard let rest else { return }
        await withTaskCancellationHandler {
            await rest.value
        } onCancel: {
            rest.cancel()
        }
    }

    /// - Returns: whether the next one is due at once.
    func beat() async -> Bool {
        let began = uptime()
        // A process that stood still looks here first.
        await isolateIfDue(at: began)
        let beat = prepareBeat(at: began)
        do throws(StoreFailure) {
            let news = try await store.beat(beat)
            guard news.isMember else {
                logger.warning("this node's lease had run out: it begins anew")
                try await joinAgain()
                return true
            }
            if !news.isKnown, beat.base == nil {
                state.withLock { $0.holdings.tellAll() }
                parts.presence.tellAll()
            } else {
                state.withLock { $0.holdings.settle(beat) }
                if !beat.changes.isEmpty { store.tell(.wakes, id.description) }
            }
            try await carryOut(news)
            take(news)
            reach(since: began)
            try await endLeases(at: began)
            return news.orders.count == NodeNews.mostOrders || news.changes.reduce(0) { $0 + $1.list.count } > 1000
        } catch {
            state.withLock { $0.steadySince = .never }
            return false
        }
    }

    private func prepareBeat(at now: Uptime) -> NodeBeat {
        let connections = parts.relay.connectionsByTenant
        let room = state.withLock { $0.holdings.room }
        let changes = parts.presence.takeChanges(room)
        let id = id
        return state.withLock { state in
            state.holdings.note(changes, connections: connections)
            var beat = NodeBeat(
                node: id, address: state.address, connections: connections.values.reduce(0, +), order: state.order,
                places: state.others.places)
            state.holdings.tell(in: &beat, at: now)
            return beat
        }
    }

    private func carryOut(_ news: NodeNews) async throws(StoreFailure) {
        if news.hasLost(after: state.withLock({ $0.order })) {
            try await readRevocations()
            state.withLock { $0.order = news.head }
            return
        }
        var replies: [(order: Int, body: [UInt8])] = []
        for order in news.orders {
            if let body = await carryOut(order) { replies.append((order.number, body)) }
            state.withLock { $0.order = order.number }
        }
        if !replies.isEmpty { try await store.reply(replies, by: id) }
    }

    private func take(_ news: NodeNews) {
        let id = id
        let (outcome, connections) = state.withLock { state in
            let outcome = state.others.take(news, besides: id)
            return (outcome, outcome.hasCounts ? state.others.connections : nil)
        }
        for stay in outcome.arrived { parts.presence.arriveElsewhere(stay) }
        parts.presence.leaveElsewhere(outcome.left, .now)
        parts.presence.leaveElsewhere(outcome.lost, .longAgo)
        if let connections { parts.relay.count(elsewhere: connections) }
    }

    /// The database was reached, and what it had to say is done.
    private func reach(since began: Uptime) {
        let wasIsolated = state.withLock { state in
            state.contact = began
            if state.steadySince == .never { state.steadySince = began }
            defer { state.isIsolated = false }
            return state.isIsolated
        }
        guard wasIsolated else { return }
        parts.relay.rejoin()
        logger.notice("the database is reached again: this node takes streams")
    }

    /// Ends what was others' whose leases have run out, and now and then what nobody needs any more.
    private func endLeases(at now: Uptime) async throws(StoreFailure) {
        let (isJudge, isOverdue) = state.withLock { state in
            (
                now - state.steadySince >= NodeState.lease,
                state.others.states.contains { $0.silence >= NodeState.lease }
            )
        }
        guard isJudge else { return }
        if isOverdue {
            let ended = try await store.endLeases(except: id)
            for node in ended { logger.warning("a node is gone", metadata: ["id": "\(node)"]) }
            if !ended.isEmpty { await endImports() }
        }
        let isDue = state.withLock { state in
            guard state.purgedAt == .distantPast || now - state.purgedAt >= Self.purgePause else { return false }
            state.purgedAt = now
            return true
        }
        if isDue { try await store.purge() }
    }

    private func endImports() async {
        do throws(BoardError) { try await parts.imports.endAbandoned() } catch {
            logger.warning("the imports of a node that is gone can't be ended now", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Isolation

    private func watchOn() async {
        while !Task.isCancelled {
            await isolateIfDue(at: uptime())
            try? await Task.sleep(for: Self.watch)
        }
    }

    private func isolateIfDue(at now: Uptime) async {
        let isDue = state.withLock { state in
            let limit = max(settings.isolation - Self.ending, settings.isolation / 2)
            guard !state.isIsolated, !state.isLeaving, now - state.contact >= limit else { return false }
            (state.isIsolated, state.steadySince) = (true, .never)
            return true
        }
        guard isDue else { return }
        logger.error("the database is out of reach: this node ends its streams and admits nobody")
        await parts.relay.isolate(over: Self.window)
    }
}

extension Problem {
    static let isolated = Problem(
        .isolated,
        "This gateway has lost its database, and can't know who is allowed what; another may answer."
    ).with(.retryAfter, "5")
}
