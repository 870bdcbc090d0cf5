import Events
import Foundation
import GRDB

/// A copy of a database in one file: as the database was at one moment, and verified row by row.
public struct DatabaseCopy: Sendable, Equatable {
    public let bytes: Int
    public let tenants: Int
    public let events: Int
    public let tasks: Int
    /// Rows that can't be read, and what is wrong with the first of them.
    public let unreadableRows: Int
    public let firstUnreadable: String?

    /// Copies the database at `source` into `file`, which is complete and verified afterwards but has not its name yet.
    ///
    /// Reads in one transaction, as any other reader: a gateway that uses the database goes on writing meanwhile, and
    /// keeps what it writes in its write-ahead log until the copy is made.
    ///
    /// - Parameters:
    ///   - acceptsUnreadable: whether rows that can't be read are copied as they are.
    ///   - progress: called with the pages that are copied and those that there are; may throw to end the work.
    /// - Throws: ``SQLiteStoreError``.
    init(
        of source: String, into file: PartialFile, acceptsUnreadable: Bool,
        progress: @escaping (_ done: Int, _ all: Int) -> Void
    ) throws(SQLiteStoreError) {
        try Self.look(at: source)
        do { try Self.copy(source, into: file, progress) } catch {
            throw SQLiteStoreError(error, opening: source)
        }
        // The copy has no write-ahead log, and says so: it is one file, and needs no other to be read.
        try file.write([1, 1], at: 18)

        let migrator = Migrations.all(now: .distantPast)
        let check = try DatabaseCheck(
            file.path, settings: StoreSettings(), migrator: migrator, isWhole: true, name: source)
        guard !check.isNew else { throw .foreign(path: source) }
        if let first = check.unreadable.first, !acceptsUnreadable {
            throw .unreadable(path: source, rows: check.unreadable.count, first: first.description)
        }
        (unreadableRows, firstUnreadable) = (check.unreadable.count, check.unreadable.first?.description)
        bytes = file.bytes
        do {
            (tenants, events, tasks) = try Self.reader(file.path).read { db in
                func count(_ table: String) throws -> Int {
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? 0
                }
                return (try count("tenants"), try count("events"), try count("tasks"))
            }
        } catch { throw SQLiteStoreError(error, opening: source) }
    }

    /// Pages that are copied between two reports of progress: 16 MiB.
    private static let step: CInt = 4096

    private static func copy(
        _ source: String, into file: PartialFile, _ progress: @escaping (_ done: Int, _ all: Int) -> Void
    ) throws {
        var configuration = Configuration()
        // Nobody reads it before it is complete, and it is put on disk as a whole.
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = OFF")
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
        let destination = try DatabaseQueue(path: file.path, configuration: configuration)
        try reader(source).read { db in
            // Begins the transaction. SQLite would otherwise begin one for each step, and start again after each
            // commit in between.
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
            try destination.writeWithoutTransaction { copy in
                try db.backup(to: copy, pagesPerStep: step) { progress($0.completedPageCount, $0.totalPageCount) }
            }
        }
        try destination.close()
    }

    private static func reader(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func look(at path: String) throws(SQLiteStoreError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        if let kind = FileObstacle.kind(status) {
            throw .cannotOpen(path: path, reason: "it is \(kind), not a file")
        }
    }
}

extension DatabaseCopy {
    /// Copies the database at `source` to `target` while a gateway may use it.
    ///
    /// - Parameters:
    ///   - replacing: whether a file at `target` is replaced.
    ///   - acceptsUnreadable: whether rows that can't be read are copied as they are.
    ///   - progress: called with the pages that are copied and those that there are.
    /// - Throws: ``SQLiteStoreError``; nothing is at `target` then that was not there before.
    public static func backUp(
        _ source: String, to target: String, replacing: Bool, acceptsUnreadable: Bool,
        progress: @escaping (_ done: Int, _ all: Int) -> Void
    ) throws(SQLiteStoreError) -> DatabaseCopy {
        let source = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
        let target = URL(fileURLWithPath: target).resolvingSymlinksInPath().path
        var status = stat()
        if stat(target, &status) == 0 {
            var own = stat()
            let isSame = stat(source, &own) == 0 && own.st_ino == status.st_ino && own.st_dev == status.st_dev
            if let kind = FileObstacle.kind(status) {
                throw .cannotOpen(path: target, reason: "it is \(kind), not a file")
            }
            guard replacing, !isSame else { throw .exists(path: target) }
        }
        let file = try PartialFile(for: target)
        let copy = try DatabaseCopy(
            of: source, into: file, acceptsUnreadable: acceptsUnreadable, progress: progress)
        try file.place(replacing: replacing)
        return copy
    }
}
