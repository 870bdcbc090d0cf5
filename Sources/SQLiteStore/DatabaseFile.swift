import Events
import Foundation
import GRDB
import Synchronization

/// A database file that is ours alone for now: other boardcasts are kept out, readers such as `sqlite3` are not.
///
/// The lock is on a file beside it, named `PATH-lock`. Locking the database itself would not do: closing any
/// descriptor of it releases SQLite's own locks (POSIX), too.
final class DatabaseFile: Sendable {
    struct Opened {
        let database: any DatabaseWriter
        /// Nil in memory, as is ``checkpointer``.
        let file: DatabaseFile?
        let checkpointer: Checkpointer?
        let epoch: Epoch
        let beginning: Timestamp
    }

    /// Nil once it was released.
    private let lock: Mutex<Int32?>

    private init(lock: Int32) { self.lock = Mutex(lock) }

    func unlock() {
        lock.withLock { lock in
            if let descriptor = lock { Foundation.close(descriptor) }
            lock = nil
        }
    }

    /// - Parameter now: milliseconds since 1970.
    static func open(
        _ location: DatabaseLocation, settings: StoreSettings, log: StoreLog, now: Int
    ) throws(SQLiteStoreError) -> Opened {
        guard case .file(let given) = location else {
            return try open("memory", file: nil, log: log, now: now) {
                try DatabaseQueue(configuration: configuration(settings))
            }
        }
        let path = URL(fileURLWithPath: given).resolvingSymlinksInPath().path
        let file = DatabaseFile(lock: try takeLock(path))
        do throws(SQLiteStoreError) {
            try create(path)
            try check(path)
            return try open(path, file: file, log: log, now: now) {
                let pool = try DatabasePool(path: path, configuration: configuration(settings))
                try pool.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA synchronous = \(settings.synchronous.rawValue.uppercased())")
                    try db.execute(sql: "PRAGMA wal_autocheckpoint = 8000")
                    try db.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
                    try db.execute(sql: "PRAGMA secure_delete = FAST")
                }
                return pool
            }
        } catch {
            file.unlock()
            throw error
        }
    }

    private static func open(
        _ path: String, file: DatabaseFile?, log: StoreLog, now: Int, connect: () throws -> any DatabaseWriter
    ) throws(SQLiteStoreError) -> Opened {
        do {
            let database = try connect()
            let migrator = Migrations.all(now: now)
            if try database.read(migrator.hasBeenSuperseded) { throw SQLiteStoreError.newer(path: path) }
            try migrator.migrate(database)
            let checkpointer = try file.map { _ in try Checkpointer(path: path, failures: log.checkpoints) }
            return try database.read { db in
                let epoch = try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'epoch'")
                let beginning = try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'beginning'")
                guard let epoch = epoch.flatMap(UInt32.init(exactly:)), let beginning else {
                    throw SQLiteStoreError.damaged(path: path, reason: "its epoch is missing")
                }
                return Opened(
                    database: database, file: file, checkpointer: checkpointer, epoch: Epoch(rawValue: epoch),
                    beginning: Timestamp(milliseconds: beginning))
            }
        } catch { throw refusal(error, path) }
    }

    private static func configuration(_ settings: StoreSettings) -> Configuration {
        var configuration = Configuration()
        configuration.label = "boardcast"
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = settings.readers
        configuration.busyMode = .timeout(0.1)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
            try db.execute(sql: "PRAGMA cache_size = -16384")
        }
        return configuration
    }

    /// `flock(2)` goes away with the process, however it ends.
    private static func takeLock(_ path: String) throws(SQLiteStoreError) -> Int32 {
        let lock = Foundation.open(path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 20)
            let count = max(pread(lock, &text, text.count, 0), 0)
            Foundation.close(lock)
            throw .inUse(path: path, process: Int(String(decoding: text[..<count], as: UTF8.self)))
        }
        let process = Array(String(getpid()).utf8)
        _ = ftruncate(lock, 0)
        _ = pwrite(lock, process, process.count, 0)
        return lock
    }

    /// A new file is for its owner's eyes; SQLite gives the files beside it the same mode.
    private static func create(_ path: String) throws(SQLiteStoreError) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 || errno == EEXIST else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    /// Looks at a file before anything is written to it.
    private static func check(_ path: String) throws(SQLiteStoreError) {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            try DatabaseQueue(path: path, configuration: configuration).read { db in
                guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") != 0 else { return }
                guard try Int.fetchOne(db, sql: "PRAGMA application_id") == Migrations.applicationID else {
                    throw SQLiteStoreError.foreign(path: path)
                }
                try checkContent(db, path)
            }
        } catch { throw refusal(error, path) }
    }

    /// A large file is not read through: starting again after a crash must not take long.
    private static func checkContent(_ db: Database, _ path: String) throws {
        let size = try Int.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        if size ?? 0 <= 64 << 20 {
            let result = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
            guard result == "ok" else { throw SQLiteStoreError.damaged(path: path, reason: result) }
        }
        let torn = try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM tenants
                WHERE head <> coalesce((SELECT max(seq) FROM events WHERE tenant = number), oldest - 1)
                """)
        guard torn == 0 else {
            throw SQLiteStoreError.damaged(path: path, reason: "the log does not end where it should")
        }
    }

    private static func refusal(_ error: any Error, _ path: String) -> SQLiteStoreError {
        switch error {
        case let error as SQLiteStoreError: error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_NOTADB: .notADatabase(path: path)
            case .SQLITE_CORRUPT: .damaged(path: path, reason: "SQLite can't read it")
            case .SQLITE_BUSY: .cannotOpen(path: path, reason: "another process holds it locked")
            default: .cannotOpen(path: path, reason: "\(error.extendedResultCode)")
            }
        default: .cannotOpen(path: path, reason: "\(type(of: error))")
        }
    }
}
