import Foundation
import Synchronization

/// Makes sure that one gateway at a time uses a database, whatever name the file is opened by.
///
/// The lock is on a byte of the file itself, far from those that SQLite locks, so that hard links and a removed `-lock`
/// file change nothing. It is an open file description lock (`F_OFD_SETLK`, fcntl(2)): a POSIX lock would be released
/// when SQLite closes one of its own descriptors of the file. The reverse holds all the same: closing *any* descriptor
/// of the file releases SQLite's POSIX locks in this process. Therefore a file that this process has is not opened a
/// second time, and ours is closed after SQLite's.
///
/// A second file, `PATH-lock`, is locked too. It names the process that has the database, and keeps out older versions
/// of boardcast and a database file that replaced one in use.
final class DatabaseLock: Sendable {
    private struct Identity: Hashable {
        let device: dev_t
        let inode: ino_t
    }

    /// The locked byte, after SQLite's pending, reserved and shared bytes, 2³⁰ to 2³⁰ + 511.
    private static let byte: off_t = 0x4000_0000 + 1024
    /// `F_OFD_SETLK`, which glibc shows with `_GNU_SOURCE` alone.
    private static let setLock: Int32 = 37
    private static let getLock: Int32 = 36
    /// The database files of this process. The mutex is held while a file is checked and opened, so that two threads
    /// cannot do it at once.
    private static let held = Mutex<Set<Identity>>([])

    private let identity: Identity
    /// The database and the file beside it; nil once they are closed.
    private let descriptors: Mutex<(database: Int32, beside: Int32)?>

    private init(_ identity: Identity, database: Int32, beside: Int32) {
        self.identity = identity
        descriptors = Mutex((database, beside))
    }

    /// Locks the file; creates it when it is missing, readable by its owner only. SQLite gives its other files the same
    /// mode.
    ///
    /// Never blocks, even when the name is that of a FIFO or another special file.
    static func take(_ path: String) throws(SQLiteStoreError) -> DatabaseLock {
        let result = held.withLock { held in
            Result { () throws(SQLiteStoreError) in try take(path, beside: &held) }
        }
        return try result.get()
    }

    /// - Throws: `inUse` when a process holds the lock on the file, which is not changed, nor is anything beside it.
    ///
    /// Not for a file that this process has open.
    static func look(_ path: String) throws(SQLiteStoreError) {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw refusal(path) }
        defer { close(file) }
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = byte
        range.l_len = 1
        guard fcntl(file, getLock, &range) == 0, range.l_type != Int16(F_UNLCK) else { return }
        throw .inUse(path: path, process: process(path))
    }

    /// Releases the lock. Call after SQLite has closed the file.
    func release() {
        Self.held.withLock { held in
            descriptors.withLock { descriptors in
                guard let open = descriptors else { return }
                close(open.database)
                close(open.beside)
                descriptors = nil
                held.remove(identity)
            }
        }
    }

    private static func take(
        _ path: String, beside held: inout Set<Identity>
    ) throws(SQLiteStoreError) -> DatabaseLock {
        let (database, identity) = try open(path, unless: held)
        do throws(SQLiteStoreError) {
            guard lock(database) else { throw .inUse(path: path, process: process(path)) }
            let lock = DatabaseLock(identity, database: database, beside: try takeFile(beside: path))
            held.insert(identity)
            return lock
        } catch {
            close(database)
            throw error
        }
    }

    private static func open(
        _ path: String, unless held: Set<Identity>
    ) throws(SQLiteStoreError) -> (Int32, Identity) {
        var status = stat()
        var flags = O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        if stat(path, &status) == 0 {
            try refuse(status, path, held)
        } else {
            guard errno == ENOENT else { throw refusal(path) }
            flags |= O_CREAT | O_EXCL
        }
        var descriptor = Foundation.open(path, flags, 0o600)
        // Another process created it first, or this is a dangling link.
        if descriptor < 0, errno == EEXIST { descriptor = Foundation.open(path, flags & ~(O_CREAT | O_EXCL)) }
        guard descriptor >= 0 else { throw refusal(path) }
        do throws(SQLiteStoreError) {
            guard fstat(descriptor, &status) == 0 else { throw refusal(path) }
            try refuse(status, path, held)
        } catch {
            close(descriptor)
            throw error
        }
        return (descriptor, Identity(device: status.st_dev, inode: status.st_ino))
    }

    private static func refuse(
        _ status: stat, _ path: String, _ held: Set<Identity>
    ) throws(SQLiteStoreError) {
        if let kind = FileObstacle.kind(status) {
            throw .cannotOpen(path: path, reason: "it is \(kind), not a file")
        }
        guard !held.contains(Identity(device: status.st_dev, inode: status.st_ino)) else {
            throw .inUse(path: path, process: Int(getpid()))
        }
    }

    /// False when another process holds the lock. True where the kernel or file system has no such locks: there the
    /// lock on `PATH-lock` alone counts.
    private static func lock(_ descriptor: Int32) -> Bool {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = byte
        range.l_len = 1
        return fcntl(descriptor, setLock, &range) == 0 || errno != EAGAIN && errno != EACCES
    }

    /// Locks `PATH-lock` with `flock(2)`, which the kernel releases when the process ends.
    private static func takeFile(beside path: String) throws(SQLiteStoreError) -> Int32 {
        let name = path + "-lock"
        let file = Foundation.open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard file >= 0 else { throw refusal(name) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw .inUse(path: path, process: process(path))
        }
        let process = Array(String(getpid()).utf8)
        _ = ftruncate(file, 0)
        _ = pwrite(file, process, process.count, 0)
        return file
    }

    /// The process that holds the lock on `PATH-lock`; nil when none does, for example after it was removed.
    private static func process(_ path: String) -> Int? {
        let file = Foundation.open(path + "-lock", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard flock(file, LOCK_SH | LOCK_NB) != 0 else { return nil }
        var text = [UInt8](repeating: 0, count: 20)
        let count = max(pread(file, &text, text.count, 0), 0)
        return Int(String(decoding: text[..<count], as: UTF8.self))
    }

    private static func refusal(_ path: String) -> SQLiteStoreError {
        .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}
