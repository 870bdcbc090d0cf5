import Boards
import Events
import Logging
import PostgresStore
import SQLiteStore

/// A store as the server needs it: what the gateway uses, and what an operator asks about.
protocol ServerStore: BoardStore, AdminStore {
    var checks: [HealthCheck] { get }
    var counters: WriterCounters { get }
    /// The sizes of the database's file and of its write-ahead log's, in bytes; nil where it has none.
    var size: (database: Int, log: Int)? { get }
    /// What several gateways on it tell each other; nil for a store of one alone.
    var nodes: (any NodeStore)? { get }
    func oldestEvent() async -> Timestamp?
    /// Whether other nodes may write to the same database.
    var isShared: Bool { get }
    /// Has `follower` told what others have written to the same database.
    func follow(_ follower: any LogFollower)
    /// Logs what an operator should know about the database at the start, one line for each fact.
    func report(to logger: Logger)
}

extension SQLiteBoardStore: ServerStore {
    var nodes: (any NodeStore)? { nil }
    var isShared: Bool { false }

    /// One process has the file, and announces what it writes itself.
    func follow(_ follower: any LogFollower) {}

    func report(to logger: Logger) { condition.report(to: logger) }
}

extension PostgresBoardStore: ServerStore {
    var nodes: (any NodeStore)? { nodeStore }
    var isShared: Bool { true }
    var size: (database: Int, log: Int)? { nil }

    func report(to logger: Logger) {
        logger.notice(isNew ? "made a new database" : "connected", metadata: ["database": "\(place)"])
    }
}
