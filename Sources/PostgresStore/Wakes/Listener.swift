import Dispatch
import Events
import Foundation
import Logging
import Synchronization

/// A thread that hears what the other nodes tell, on a connection of its own, and has the heads polled: each second, and
/// much more often while notifications do not come.
///
/// A notification is a hint: it ends in ``Events/LogFollower/advance(_:to:)``, which reads the log. What was told while
/// nobody listened is found by the poll that follows each connect.
final class Listener: Sendable {
    private static let pollPause = Duration.seconds(1)
    private static let deafPollPause = Duration.milliseconds(100)
    /// How long a notification to ourselves may take.
    private static let testTime = Duration.seconds(2)
    /// Between two such tests.
    private static let testPause = Duration.seconds(10)
    /// Between two looks at whether there are channels that need not be listened to any more.
    private static let tidyPause = Duration.seconds(60)

    private struct State {
        var kinds: [String: Wakes.Kind] = [:]
        /// The shards to be listened to, and those among them that were asked for since the last look, a bit each.
        var shards: UInt64 = 0
        var newShards: UInt64 = 0
        var hearing = Hearing.begins
        var isClosed = false
    }

    /// Whether notifications come.
    enum Hearing: Equatable { case begins, hears, deaf }

    private let place: PostgresPlace
    /// Whether it has a way of its own to the database.
    private let isDirect: Bool
    private let settings: PostgresSettings
    private let pool: ReaderPool
    private let teller: Teller
    private let runs: KnownRuns
    private let logger: Logger
    private let bell = Bell()
    private let state = Mutex(State())
    private let isPolling = Atomic(false)
    private let ended = DispatchGroup()
    /// The channel on which this node tells itself something, to find out whether it hears.
    private let ownChannel = "boardcast_node_" + String(UInt64.random(in: 0 ... .max), radix: 16)

    init(
        _ place: PostgresPlace, isDirect: Bool, _ settings: PostgresSettings, _ pool: ReaderPool, _ teller: Teller,
        _ runs: KnownRuns,
        logger: Logger
    ) {
        (self.place, self.settings, self.pool, self.teller) = (place, settings, pool, teller)
        (self.isDirect, self.runs, self.logger) = (isDirect, runs, logger)
    }

    var hearing: Hearing { state.withLock { $0.hearing } }

    func hear(_ channel: String, _ kind: Wakes.Kind) {
        state.withLock { $0.kinds[channel] = kind }
        bell.ring()
    }

    func start(_ follower: any LogFollower) {
        follower.whenKept { [weak self] tenant in self?.keep(tenant) }
        ended.enter()
        let thread = Thread { [self] in
            run(follower)
            ended.leave()
        }
        thread.name = "pg-listener"
        thread.stackSize = 1 << 20
        thread.start()
    }

    func close() async {
        state.withLock { $0.isClosed = true }
        bell.ring()
        await withCheckedContinuation { done in ended.notify(queue: .global()) { done.resume() } }
    }

    private func keep(_ tenant: TenantID) {
        let bit = UInt64(1) << WakeShards.shard(of: tenant)
        let isNew = state.withLock { state in
            defer { (state.shards, state.newShards) = (state.shards | bit, state.newShards | bit) }
            return state.shards & bit == 0
        }
        if isNew { bell.ring() }
    }

    /// What the thread knows of its connection.
    private struct Ear {
        var channels: Set<String> = []
        var testsAt = Uptime.distantPast
        /// When the test that is under way has failed.
        var failsAt: Uptime?
        var hears = false
    }

    private func run(_ follower: any LogFollower) {
        let session = Session(place, settings)
        var ear = Ear()
        var (pollsAt, tidiesAt, remindsAt) = (Uptime.distantPast, Uptime.now() + Self.tidyPause, Uptime.now())
        while !state.withLock({ $0.isClosed }) {
            let now = Uptime.now()
            if now >= tidiesAt {
                tidy(follower)
                tidiesAt = now + Self.tidyPause
            }
            do {
                let (connection, isNew) = try session.connect()
                if isNew { ear = Ear() }
                if try listen(&ear, on: connection) { pollsAt = now }
                try test(&ear)
                if now >= pollsAt {
                    poll(follower)
                    pollsAt = now + (ear.hears ? Self.pollPause : Self.deafPollPause)
                }
                try connection.idle(until: min(pollsAt, ear.failsAt ?? ear.testsAt), bell)
                hear(connection.notifications(), &ear, follower)
            } catch {
                session.drop()
                ear = Ear()
                become(.deaf)
                // Where both ways are one, nothing is to be had by the other either, and who reads next finds out for itself.
                if isDirect, now >= pollsAt {
                    poll(follower)
                    pollsAt = now + Self.deafPollPause
                }
                bell.wait(Self.deafPollPause)
            }
            if !ear.hears, now >= remindsAt {
                for kind in state.withLock({ $0.kinds.values }) { kind.mayHaveMissed() }
                remindsAt = now + Self.pollPause
            }
        }
    }

    // MARK: Channels

    /// Listens to the channels that are wanted, and to no others.
    ///
    /// - Returns: whether something may have been told before it did.
    private func listen(_ ear: inout Ear, on connection: Connection) throws(PostgresError) -> Bool {
        let (shards, kinds) = state.withLock { ($0.shards, $0.kinds) }
        var wanted = Set(kinds.keys)
        wanted.insert(ownChannel)
        for shard in 0..<WakeShards.count where shards & (1 << shard) != 0 { wanted.insert(WakeShards.channel(shard)) }
        guard wanted != ear.channels else { return false }
        let added = wanted.subtracting(ear.channels)
        let statements =
            added.map { Statement("LISTEN \($0)") }
            + ear.channels.subtracting(wanted).map { Statement("UNLISTEN \($0)") }
        try connection.run(statements, by: .now() + settings.answerTime)
        ear.channels = wanted
        for channel in added { kinds[channel]?.mayHaveMissed() }
        return !added.isEmpty
    }

    /// Forgets the shards of which no tenant is kept any more.
    private func tidy(_ follower: any LogFollower) {
        state.withLock { $0.newShards = 0 }
        let kept = follower.places.reduce(into: UInt64(0)) { $0 |= 1 << WakeShards.shard(of: $1.tenant) }
        state.withLock { $0.shards = kept | $0.newShards }
    }

    private func hear(
        _ notifications: [(channel: String, payload: String)], _ ear: inout Ear, _ follower: any LogFollower
    ) {
        guard !notifications.isEmpty else { return }
        let kinds = state.withLock { $0.kinds }
        var heads: [TenantID: Int] = [:]
        for (channel, payload) in notifications {
            if channel == ownChannel {
                (ear.hears, ear.failsAt, ear.testsAt) = (true, nil, .now() + Self.testPause)
                become(.hears)
            } else if let kind = kinds[channel] {
                kind.heard(payload)
            } else {
                for (tenant, head) in WakePayload.decode(payload) { heads[tenant] = max(heads[tenant] ?? 0, head) }
            }
        }
        for (tenant, head) in heads { follower.advance(tenant, to: head) }
    }

    // MARK: Whether notifications come

    /// Tells ourselves something, by way of the other connection, now and then.
    ///
    /// - Throws: when what was told did not come, though it came before: the connection is of no use any more.
    private func test(_ ear: inout Ear) throws(PostgresError) {
        let now = Uptime.now()
        if let failsAt = ear.failsAt, now >= failsAt {
            (ear.failsAt, ear.testsAt) = (nil, now + Self.testPause)
            become(.deaf)
            if ear.hears { throw .unreachable(reason: "notifications do not come any more") }
        }
        guard ear.failsAt == nil, now >= ear.testsAt else { return }
        _ = teller.tell(ownChannel, "")
        ear.failsAt = now + Self.testTime
    }

    private func become(_ hearing: Hearing) {
        let before = state.withLock { state in
            defer { state.hearing = hearing }
            return state.hearing
        }
        guard before != hearing else { return }
        switch hearing {
        case .deaf:
            logger.warning(
                "notifications of other nodes do not come: their writes are looked for ten times a second",
                metadata: ["hint": "a pooler or a replica is in between? database.listenURL names a direct connection"])
        case .hears where before == .deaf: logger.notice("notifications of other nodes come again")
        default: break
        }
    }

    // MARK: Polls

    private func poll(_ follower: any LogFollower) {
        guard !isPolling.exchange(true, ordering: .relaxed) else { return }
        // Before it is asked: what is known now is committed.
        let places = follower.places
        Task { [self] in
            let found = try? await pool.run { [settings, runs] connection in
                try HeadsPoll.ask(places, runs, on: connection, by: .now() + settings.answerTime)
            }
            for finding in found ?? [] {
                if finding.isLost {
                    follower.doubt(finding.tenant)
                } else {
                    follower.advance(finding.tenant, to: finding.head)
                }
            }
            isPolling.store(false, ordering: .relaxed)
        }
    }
}
