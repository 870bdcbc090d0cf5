import Foundation
import GRDB

/// Checks a database file before anything is written to it.
struct DatabaseCheck {
    /// Files up to this size are checked row by row; larger ones are not, since a restart after a crash must not take
    /// long.
    static let size = 64 << 20
    /// The most events that are counted; counting them takes 0.07 s, and 0.6 s from a cold disk.
    static let events = 1_000_000

    /// The most rows that can't be read that are counted, some ten megabytes of memory.
    static let mostRows = 100_000

    /// Nothing is in it yet.
    private(set) var isNew = false
    /// Its schema is that of an older version, and is brought up to date at the next start.
    private(set) var isOutdated = false
    /// Rows that can't be read. Requests for them are refused, all others are served. Found in small files only.
    private(set) var unreadable: [UnreadableRow] = []

    /// - Parameters:
    ///   - isWhole: whether files of any size are checked row by row.
    ///   - name: what errors call it; its path unless given.
    /// - Throws: ``SQLiteStoreError`` when the file is another's, of a newer version, or damaged as a whole.
    init(
        _ path: String, settings: StoreSettings, migrator: DatabaseMigrator, isWhole: Bool = false,
        name: String? = nil
    ) throws(SQLiteStoreError) {
        let name = name ?? path
        do {
            if settings.synchronous == .full { try WALCheck.run(path) }
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            try DatabaseQueue(path: path, configuration: configuration).read { db in
                try look(at: db, name, migrator, isWhole: isWhole)
            }
        } catch {
            throw SQLiteStoreError(error, opening: name)
        }
    }

    private mutating func look(
        at db: Database, _ path: String, _ migrator: DatabaseMigrator, isWhole: Bool
    ) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
        let tables = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'")
        if application == 0, tables == 0 {
            isNew = true
            return
        }
        guard application == Migrations.applicationID else { throw SQLiteStoreError.foreign(path: path) }
        if try migrator.hasBeenSuperseded(db) { throw SQLiteStoreError.newer(path: path) }
        let size = try Int.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        let isSmall = isWhole || size ?? .max <= Self.size
        if isSmall {
            let result = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
            guard result == "ok" else { throw SQLiteStoreError.damaged(path: path, reason: result) }
        }
        if let reason = try Self.differenceOfSchema(db, migrator) {
            throw SQLiteStoreError.damaged(path: path, reason: reason)
        }
        // Older ones are checked at the next start, when they have all their columns.
        isOutdated = try !migrator.hasCompletedMigrations(db)
        guard !isOutdated else { return }
        if let reason = try Self.faultOfContent(db, isSmall: isSmall) {
            throw SQLiteStoreError.damaged(path: path, reason: reason)
        }
        if isSmall { try readThrough(db) }
    }

    /// The first table or index that is missing or differs from what the migrations make; nil when none does.
    /// Additional ones are ignored.
    private static func differenceOfSchema(_ db: Database, _ migrator: DatabaseMigrator) throws -> String? {
        guard let last = try migrator.appliedMigrations(db).last else { return "its list of migrations is empty" }
        let model = try DatabaseQueue()
        try migrator.migrate(model, upTo: last)
        let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name <> 'grdb_migrations'"
        let found = try Row.fetchAll(db, sql: sql)
        for expected in try model.read({ try Row.fetchAll($0, sql: sql) }) {
            let name: String = expected[0]
            guard let row = found.first(where: { $0[0] as String? == name }) else { return "\(name) is missing" }
            guard row[1] as String? == expected[1] as String? else { return "\(name) is not as it was made" }
        }
        return nil
    }

    /// What is wrong with the rows that everything else depends on: tenants, their counters, and revocations.
    private static func faultOfContent(_ db: Database, isSmall: Bool) throws -> String? {
        let rows = try TenantTable.rows(in: db)
        _ = try RevocationTable.list(in: db)
        _ = try EpochTable.runs(in: db)
        func count(_ condition: String) throws -> Int {
            try Int.fetchOne(db, sql: "SELECT count(*) FROM tenants WHERE \(condition)") ?? 0
        }
        guard
            try count("head <> coalesce((SELECT max(seq) FROM events WHERE tenant = number), oldest - 1)") == 0
        else { return "the log does not end where it should" }
        guard try count("last_task < coalesce((SELECT max(id) FROM tasks WHERE tenant = number), 0)") == 0 else {
            return "there are tasks beyond the newest"
        }
        if let reason = try EpochTable.fault(in: db) { return reason }
        if let reason = try BoardTable.fault(in: db, isWhole: isSmall) { return reason }
        var events = 0
        for row in rows { events += min(row.head - row.oldest + 1, Self.events + 1 - events) }
        guard isSmall || events <= Self.events else { return nil }
        guard try count("head - oldest + 1 <> (SELECT count(*) FROM events WHERE tenant = number)") == 0 else {
            return "events are missing from the log"
        }
        return nil
    }

    private mutating func readThrough(_ db: Database) throws {
        let read = { (read: () throws -> Void) in
            do { try read() } catch let row as UnreadableRow {
                if unreadable.count < Self.mostRows { unreadable.append(row) }
            }
        }
        try BoardTable.forEach(in: db, read)
        try TaskTable.forEach(in: db, read)
        try EventTable.forEach(in: db, read)
        try EpochTable.forEach(in: db, read)
        try JobTable.forEach(in: db, read)
        try AnswerTable.forEach(in: db, read)
        try AuditTable.forEach(in: db, read)
    }
}
