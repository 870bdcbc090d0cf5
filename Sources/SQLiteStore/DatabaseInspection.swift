import Events
import Foundation
import GRDB

/// What a start would find at a database's path, without making or changing anything.
public struct DatabaseInspection: Sendable, Equatable {
    /// Nothing is there, or an empty file.
    public let isNew: Bool
    /// Its schema would be brought up to date.
    public let isOutdated: Bool
    public let unreadableRows: Int
    /// Bytes of the file, 0 when there is none.
    public let bytes: Int
    /// Bytes that this process's user may still write on its disk.
    public let freeBytes: Int

    /// - Throws: ``SQLiteStoreError`` as the start would, with `inUse` while a gateway has the database.
    public init(_ given: String, settings: StoreSettings = StoreSettings()) throws(SQLiteStoreError) {
        let path = URL(fileURLWithPath: given).resolvingSymlinksInPath().path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var disk = statvfs()
        guard statvfs(folder, &disk) == 0, access(folder, W_OK | X_OK) == 0 else {
            throw .cannotOpen(path: path, reason: "\(folder): \(String(cString: strerror(errno)))")
        }
        freeBytes = Int(disk.f_bavail) * Int(disk.f_frsize)
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
            (isNew, isOutdated, unreadableRows, bytes) = (true, false, 0, 0)
            return
        }
        if let reason = FileObstacle.first(before: path) { throw .cannotOpen(path: path, reason: reason) }
        try DatabaseLock.look(path)
        let check = try Self.check(path, settings)
        (isNew, isOutdated, unreadableRows) = (check.isNew, check.isOutdated, check.unreadable.count)
        bytes = Int(status.st_size)
    }

    /// Without a write-ahead log, SQLite would make one to read a file that had one; not in a file that it is promised
    /// nobody changes. Where SQLite does not take such names, it makes an empty one.
    private static func check(_ path: String, _ settings: StoreSettings) throws(SQLiteStoreError) -> DatabaseCheck {
        let migrator = Migrations.all(now: .distantPast)
        if access(path + "-wal", F_OK) != 0, access(path + "-journal", F_OK) != 0,
            let name = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
        {
            let unchanging = "file:\(name)?immutable=1"
            do throws(SQLiteStoreError) {
                return try DatabaseCheck(unchanging, settings: settings, migrator: migrator, name: path)
            } catch {
                guard case .cannotOpen = error else { throw error }
            }
        }
        return try DatabaseCheck(path, settings: settings, migrator: migrator)
    }
}
