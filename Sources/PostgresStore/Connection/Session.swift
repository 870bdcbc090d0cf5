import Boards
import Events
import Synchronization

/// Connects when there is no connection, and again when it has broken. For one thread.
///
/// While the server can't be reached it is tried again now and then, and in between everything fails at once.
final class Session {
    private let place: PostgresPlace
    private let settings: PostgresSettings
    private var connection: Connection?
    private var usedAt = Uptime.distantPast
    private var nextTry = Uptime.distantPast
    private var delay = Duration.zero

    /// An idle connection is asked whether it is alive before it is used after this time.
    private static let rest = Duration.seconds(10)

    init(_ place: PostgresPlace, _ settings: PostgresSettings) { (self.place, self.settings) = (place, settings) }

    var isConnected: Bool { connection?.isBroken == false }

    /// Throws the connection away.
    func drop() { connection = nil }

    /// - Parameter impatience: what to do beside waiting.
    /// - Returns: the connection, and whether it was just made.
    func connect(_ impatience: Connection.Impatience? = nil) throws(PostgresError) -> (Connection, isNew: Bool) {
        if let connection, !connection.isBroken {
            let now = Uptime.now()
            defer { usedAt = now }
            if now - usedAt < Self.rest { return (connection, false) }
            do throws(PostgresError) {
                try connection.run([Statement("SELECT 1")], by: now + settings.patience / 2, impatience)
                return (connection, false)
            } catch {}
        }
        connection = nil
        guard Uptime.now() >= nextTry else { throw .unreachable(reason: "it was away a moment ago") }
        do throws(PostgresError) {
            let fresh = try Connection(place, by: .now() + settings.patience, impatience)
            // After a failover the server that was left may be one: what it knows is old.
            guard fresh.parameter("in_hot_standby") != "on" else { throw .unreachable(reason: "it is a replica") }
            try fresh.run(Self.manners(settings), by: .now() + settings.patience, impatience)
            (connection, delay, usedAt) = (fresh, .zero, .now())
            return (fresh, true)
        } catch {
            // Nodes that lost the server together do not come back together.
            delay = min(max(delay * 2, .milliseconds(50)), .seconds(2))
            nextTry = .now() + delay * Double.random(in: 0.5...1)
            throw error
        }
    }

    /// Every statement here finds its rows by an index; a plan that was made while the tables were small must, too.
    private static func manners(_ settings: PostgresSettings) -> [Statement] {
        let time = Int(settings.answerTime / .milliseconds(1))
        return [
            Statement("SET enable_seqscan = off"), Statement("SET jit = off"),
            Statement("SET plan_cache_mode = force_generic_plan"), Statement("SET statement_timeout = \(time)"),
            Statement("SET lock_timeout = \(time / 2)"),
            Statement("SET idle_in_transaction_session_timeout = \(time)"),
            Statement("SET default_transaction_isolation = 'read committed'"),
            Statement("SET synchronous_commit = on"),
        ]
    }
}
