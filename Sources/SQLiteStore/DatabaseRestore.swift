public import Events
import Foundation
import GRDB

/// What a restore has done.
public struct DatabaseRestore: Sendable, Equatable {
    public let copy: DatabaseCopy
    /// Where the database is now that was there before; nil when none was.
    public let kept: String?

    /// Puts a verified copy of the database at `source` in the place of the one at `path`, which no gateway uses.
    ///
    /// The next start begins a new epoch there, as each does, and with it no cursor counts any more of what happened
    /// after the copy was made. The database that was there is kept beside it.
    ///
    /// - Parameters:
    ///   - acceptsUnreadable: whether rows that can't be read are copied as they are.
    ///   - now: a part of the name under which the old one is kept.
    ///   - progress: called with the pages that are copied and those that there are.
    /// - Throws: ``SQLiteStoreError``, with `inUse` while a gateway has the database; nothing is changed then.
    public init(
        of source: String, to path: String, acceptsUnreadable: Bool, now: Timestamp,
        progress: @escaping (_ done: Int, _ all: Int) -> Void
    ) throws(SQLiteStoreError) {
        let source = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        var (old, given) = (stat(), stat())
        let isThere = stat(path, &old) == 0
        if isThere, stat(source, &given) == 0, old.st_ino == given.st_ino, old.st_dev == given.st_dev {
            throw .cannotOpen(path: source, reason: "it is the database itself")
        }
        if !isThere, stat(URL(fileURLWithPath: path).deletingLastPathComponent().path, &old) != 0 {
            throw .cannotOpen(path: path, reason: "its folder is missing")
        }
        // Held to the end, so that no gateway starts in between. It makes an empty file where there is none.
        let lock = try DatabaseLock.take(path)
        defer {
            _ = chown(path + "-lock", old.st_uid, old.st_gid)
            lock.release()
        }
        do throws(SQLiteStoreError) {
            let file = try PartialFile(for: path)
            copy = try DatabaseCopy(
                of: source, into: file, acceptsUnreadable: acceptsUnreadable, progress: progress)
            file.take(old)
            kept = isThere ? try Self.keep(path, at: now) : nil
            try file.place(replacing: true)
        } catch {
            if !isThere { unlink(path) }
            throw error
        }
    }

    /// Gives the database a second name; its own is about to be taken.
    private static func keep(_ path: String, at now: Timestamp) throws(SQLiteStoreError) -> String {
        fold(path)
        let kept = path + ".before-restore-" + now.description.filter { $0 != "-" && $0 != ":" }
        guard link(path, kept) == 0 else { throw refusal(kept) }
        // What could not be folded belongs to the old database, and would be replayed into the new one. Both keep all
        // their names until these have others.
        let rest = ["-wal", "-journal"].filter { access(path + $0, F_OK) == 0 }
        for suffix in rest {
            guard link(path + suffix, kept + suffix) == 0 else { throw refusal(kept + suffix) }
        }
        try PartialFile.sync(folderOf: path)
        for suffix in rest + ["-shm"] { unlink(path + suffix) }
        return kept
    }

    /// Folds the write-ahead log into the database, so that it is one file. Not when either is damaged.
    private static func fold(_ path: String) {
        guard (try? WALCheck.run(path)) != nil else { return }
        guard let database = try? DatabaseQueue(path: path) else { return }
        _ = try? database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try? database.close()
    }

    private static func refusal(_ path: String) -> SQLiteStoreError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}
