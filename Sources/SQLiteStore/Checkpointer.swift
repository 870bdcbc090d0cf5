import Boards
import Dispatch
import Events
import GRDB
import Glibc
import Synchronization
import Text

/// Folds the write-ahead log into the database on a connection of its own, so that commits need not stop for it, and
/// watches the log's size.
///
/// The writer's own checkpoint, at 8000 pages, is there for when this one can't keep up; it finds little left to do.
final class Checkpointer: Sendable {
    private struct State {
        /// When the next checkpoint may be scheduled.
        var next = ContinuousClock.now
        var isClosed = false
        var size: WALWatch
    }

    private static let pause = Duration.milliseconds(250)

    private let path: String
    private let database: DatabaseQueue
    private let log: StoreLog
    private let uptime: @Sendable () -> Uptime
    private let queue = DispatchQueue(label: "boardcast-checkpoint", qos: .utility)
    private let state: Mutex<State>

    /// - Parameter limit: the size from which on the log is large, in bytes.
    init(path: String, limit: Int, log: StoreLog, uptime: @escaping @Sendable () -> Uptime) throws {
        (self.path, self.log, self.uptime) = (path, log, uptime)
        state = Mutex(State(size: WALWatch(limit: limit)))
        var configuration = Configuration()
        configuration.label = "boardcast-checkpoint"
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// For how long the write-ahead log has been large; nil while it is not.
    var largeFor: Duration? {
        let now = uptime()
        return state.withLock { $0.size.beginning.map { now - $0 } }
    }

    /// The size of the write-ahead log's file, in bytes; 0 when there is none.
    static func size(ofLogOf path: String) -> Int { size(of: path + "-wal") }

    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Schedules a checkpoint after a commit. Does not wait.
    func commit() { schedule(after: Self.pause) }

    private func schedule(after delay: Duration) {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            guard now >= state.next, !state.isClosed else { return false }
            state.next = now + delay
            return true
        }
        guard isDue else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(delay.wholeMilliseconds)) { [self] in
            let isClosed = state.withLock { state in
                state.next = .now
                return state.isClosed
            }
            if !isClosed { checkpoint() }
        }
    }

    private func checkpoint() {
        do {
            let isFolded = try fold("PASSIVE")
            log.checkpoints.succeed()
            // The file keeps its length until somebody writes, which may be never.
            if isFolded, largeFor != nil { _ = try fold("TRUNCATE") }
        } catch {
            // Busy while the writer checkpoints itself; waiting for the next commit loses nothing.
            log.note(StoreFailure(error), of: log.checkpoints)
        }
        let bytes = Self.size(ofLogOf: path)
        let now = uptime()
        if let word = state.withLock({ $0.size.see(bytes, at: now) }) { log.walSize(word) }
        // Whoever holds on to it leaves without a commit.
        if largeFor != nil { schedule(after: .seconds(1)) }
    }

    /// - Returns: whether the whole log is in the database now.
    private func fold(_ mode: String) throws -> Bool {
        try database.writeWithoutTransaction { db in
            guard let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(\(mode))") else { return false }
            let (isBusy, frames, folded) = try (row.int(0), row.int(1), row.int(2))
            return isBusy == 0 && frames == folded
        }
    }

    /// Closes the connection; waits for a running checkpoint.
    func close() throws {
        state.withLock { $0.isClosed = true }
        try queue.sync { try database.close() }
    }
}

extension Row {
    fileprivate func int(_ index: Int) throws -> Int { try decode(Int.self, atIndex: index) }
}
