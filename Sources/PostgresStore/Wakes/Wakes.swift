import Boards
import Events
import Logging

/// How the nodes of one database wake each other: hints that something there has changed, by PostgreSQL's `NOTIFY`.
///
/// A wake may be late, doubled or lost, and none is said by itself to be missing: whoever hears one reads the database.
public final class Wakes: Sendable {
    /// What is heard on one channel.
    struct Kind: Sendable {
        let heard: @Sendable (String) -> Void
        let mayHaveMissed: @Sendable () -> Void
    }

    private let teller: Teller
    private let listener: Listener

    /// - Parameter direct: where notifications come, if not by the same way.
    init(
        _ place: PostgresPlace, direct: PostgresPlace?, _ settings: PostgresSettings, _ pool: ReaderPool,
        _ runs: KnownRuns,
        logger: Logger
    ) {
        teller = Teller(place, settings)
        listener = Listener(direct ?? place, isDirect: direct != nil, settings, pool, teller, runs, logger: logger)
    }

    /// Hears one more kind of wake, also those of this node. Call it before or after the listening has begun.
    ///
    /// Both closures are called on the listener's thread, one at a time, and must not block.
    ///
    /// - Parameters:
    ///   - channel: letters, digits and `_` in lower case, 48 at most; of one kind alone.
    ///   - heard: gets the payload of each wake, as whoever sent it wrote it: other versions of this program do, too.
    ///   - mayHaveMissed: wakes may have been lost, so all that they could have told of is to be read. Called after each
    ///     (re)connect, before any wake that comes after it, and each second while no wakes come at all.
    public func hear(
        _ channel: String, _ heard: @escaping @Sendable (_ payload: String) -> Void,
        mayHaveMissed: @escaping @Sendable () -> Void
    ) {
        listener.hear(channel, Kind(heard: heard, mayHaveMissed: mayHaveMissed))
    }

    /// Wakes all nodes, this one as well; returns at once. What is told within 5 ms goes together, and equal payloads once.
    ///
    /// - Parameter payload: 7999 bytes at most, without U+0000.
    /// - Returns: false when it is not told: it is too long, or ``Teller/mostPayloads`` wait.
    @discardableResult
    public func tell(_ channel: String, _ payload: String) -> Bool {
        guard payload.utf8.count <= WakePayload.mostBytes, !payload.utf8.contains(0) else { return false }
        return teller.tell(channel, payload)
    }

    func tell(_ events: [Event]) { teller.tell(events) }

    var hears: Bool { listener.hearing == .hears }
    /// Whether notifications come.
    var check: HealthCheck {
        guard listener.hearing == .deaf else { return HealthCheck("wakes") }
        return HealthCheck(
            "wakes", .warning, reason: "deaf",
            detail: "notifications of other nodes do not come; their writes are looked for ten times a second")
    }

    func start() { teller.start() }
    func follow(_ follower: any LogFollower) { listener.start(follower) }

    func close() async {
        await listener.close()
        await teller.close()
    }
}
