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
    func oldestEvent() async -> Timestamp?
    /// Whether other nodes may write to the same database.
    var isShared: Bool { get }
    /// Has `follower` told what others have written to the same database.
    func follow(_ follower: any LogFollower)
    /// Logs what an operator should know about the database at the start, one line for each fact.
    func report(to logger: Logger)
}

extension SQLiteBoardStore: ServerStore {
    var isShared: Bool { false }

    /// One process has the file, and announces what it writes itself.
    func follow(_ follower: any LogFollower) {}

    func report(to logger: Logger) { condition.report(to: logger) }
}

extension PostgresBoardStore: ServerStore {
    var isShared: Bool { true }
    var size: (database: Int, log: Int)? { nil }

    func report(to logger: Logger) {
        logger.notice(isNew ? "made a new database" : "connected", metadata: ["database": "\(place)"])
    }
}
