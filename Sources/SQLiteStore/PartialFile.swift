import Foundation

/// A file that is written under a temporary name beside its place, and gets its own when it is complete and on disk.
///
/// The temporary name is `PATH.partial`. What a process left there that was killed is replaced by the next one; two at
/// once are kept apart by a lock.
final class PartialFile {
    let path: String
    private let target: String
    private let descriptor: Int32
    private var isPlaced = false

    /// Creates the file, empty and readable by its owner only.
    init(for target: String) throws(SQLiteStoreError) {
        self.target = target
        path = target + ".partial"
        descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.refusal(path) }
        var (own, named) = (stat(), stat())
        // One that was locked and placed by another process in this moment is not at this name any more.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &own) == 0, lstat(path, &named) == 0,
            own.st_ino == named.st_ino, own.st_dev == named.st_dev
        else {
            close(descriptor)
            throw .cannotOpen(path: path, reason: "another process writes it")
        }
        guard own.st_mode & S_IFMT == S_IFREG, ftruncate(descriptor, 0) == 0, fchmod(descriptor, 0o600) == 0 else {
            close(descriptor)
            throw .cannotOpen(path: path, reason: "it can't be written to")
        }
        for suffix in Self.besides { unlink(path + suffix) }
    }

    deinit {
        if !isPlaced {
            unlink(path)
            for suffix in Self.besides { unlink(path + suffix) }
        }
        close(descriptor)
    }

    /// The endings of the files that SQLite has beside a database.
    static let besides = ["-wal", "-shm", "-journal"]

    var bytes: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Writes `bytes` at `offset`.
    func write(_ bytes: [UInt8], at offset: Int) throws(SQLiteStoreError) {
        guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else { throw Self.refusal(path) }
    }

    /// Gives the file the owner and mode of `status`, as far as this process may.
    func take(_ status: stat) {
        _ = fchown(descriptor, status.st_uid, status.st_gid)
        if status.st_mode & S_IFMT == S_IFREG { _ = fchmod(descriptor, status.st_mode & 0o7777) }
    }

    /// Puts the file on disk, and after that at its place, in one step.
    ///
    /// - Parameter replacing: whether it may replace what is there.
    /// - Throws: ``SQLiteStoreError/exists(path:)`` when it may not.
    func place(replacing: Bool) throws(SQLiteStoreError) {
        guard fsync(descriptor) == 0 else { throw Self.refusal(path) }
        if replacing {
            guard rename(path, target) == 0 else { throw Self.refusal(target) }
        } else {
            // A link never replaces anything, and a rename always does.
            guard link(path, target) == 0 else {
                throw errno == EEXIST ? .exists(path: target) : Self.refusal(target)
            }
            unlink(path)
        }
        isPlaced = true
        try Self.sync(folderOf: target)
    }

    /// Puts the names in the folder of `path` on disk.
    static func sync(folderOf path: String) throws(SQLiteStoreError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let descriptor = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(folder) }
        defer { close(descriptor) }
        // Some file systems have no sync of folders; there is nothing better to do with them.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw refusal(folder) }
    }

    private static func refusal(_ path: String) -> SQLiteStoreError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}
