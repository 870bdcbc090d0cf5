import Boards
import Events
import Foundation
import GRDB

/// Opens a database file and locks it: other boardcast processes are kept out, readers such as `sqlite3` are not.
enum DatabaseFile {
    struct Opened {
        let database: any DatabaseWriter
        /// Nil in memory, as are ``checkpointer`` and ``watch``.
        let lock: DatabaseLock?
        let checkpointer: Checkpointer?
        let watch: DatabaseWatch?
        let runs: RunLog
        let beginning: Timestamp
        /// Nil in a new database.
        let ages: AgeClock.Memory?
        /// The condition in which it was found.
        let condition: DatabaseCondition
    }

    /// Pages of the write-ahead log at which a commit folds it into the database itself.
    static let mostPages = 8000
    /// Bytes to which the file of the write-ahead log is cut once it is folded.
    static let mostKept = 64 << 20

    static func open(
        _ location: DatabaseLocation, settings: StoreSettings, log: StoreLog, now: Timestamp,
        uptime: @escaping @Sendable () -> Uptime
    ) throws(SQLiteStoreError) -> Opened {
        let migrator = Migrations.all(now: now)
        guard case .file(let given) = location else {
            let condition = DatabaseCondition(path: nil, isNew: true)
            return try open("memory", given: "memory", lock: nil, condition, settings, migrator, log, uptime, now) {
                try DatabaseQueue(configuration: configuration(settings))
            }
        }
        let path = URL(fileURLWithPath: given).resolvingSymlinksInPath().path
        let lock = try DatabaseLock.take(path)
        do throws(SQLiteStoreError) {
            let check = try DatabaseCheck(path, settings: settings, migrator: migrator)
            let condition = DatabaseCondition(path: path, isNew: check.isNew, check.unreadable)
            return try open(path, given: given, lock: lock, condition, settings, migrator, log, uptime, now) {
                let pool = try DatabasePool(path: path, configuration: configuration(settings))
                try pool.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA synchronous = \(settings.synchronous.rawValue.uppercased())")
                    try db.execute(sql: "PRAGMA wal_autocheckpoint = \(mostPages)")
                    try db.execute(sql: "PRAGMA journal_size_limit = \(mostKept)")
                    try db.execute(sql: "PRAGMA secure_delete = FAST")
                }
                return pool
            }
        } catch {
            lock.release()
            throw error
        }
    }

    private static func open(
        _ path: String, given: String, lock: DatabaseLock?, _ condition: DatabaseCondition, _ settings: StoreSettings,
        _ migrator: DatabaseMigrator, _ log: StoreLog, _ uptime: @escaping @Sendable () -> Uptime, _ now: Timestamp,
        connect: () throws -> any DatabaseWriter
    ) throws(SQLiteStoreError) -> Opened {
        do {
            let database = try connect()
            try migrator.migrate(database)
            let checkpointer = try lock.map { _ in
                try Checkpointer(path: path, limit: settings.largeLog, log: log, uptime: uptime)
            }
            let (beginning, ages) = try database.read { db in
                (
                    try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'beginning'"),
                    try AgeTable.memory(at: now, in: db)
                )
            }
            guard let beginning, Timestamp.writable ~= beginning else {
                throw SQLiteStoreError.damaged(path: path, reason: "its beginning is missing")
            }
            let runs = try RunLog(beginningIn: database, isNew: condition.isNew)
            return Opened(
                database: database, lock: lock, checkpointer: checkpointer,
                watch: lock.map { _ in DatabaseWatch(path, given: given, log: log) }, runs: runs,
                beginning: Timestamp(milliseconds: beginning), ages: ages, condition: condition)
        } catch { throw SQLiteStoreError(error, opening: path) }
    }

    private static func configuration(_ settings: StoreSettings) -> Configuration {
        var configuration = Configuration()
        configuration.label = "boardcast"
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = settings.readers
        configuration.busyMode = .timeout(0.1)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            try db.execute(sql: "PRAGMA cache_size = -\(settings.cacheBytes >> 10)")
        }
        return configuration
    }
}
