import Boards
import Dispatch
import Events
import GRDB
import Synchronization

/// Folds the write-ahead log into the database on a connection of its own, so that commits need not stop for it.
///
/// The writer's own checkpoint, at 8000 pages, is there for when this one can't keep up; it finds little left to do.
final class Checkpointer: Sendable {
    private static let pause = Duration.milliseconds(250)

    private let database: DatabaseQueue
    private let failures: FailureLog
    private let queue = DispatchQueue(label: "boardcast-checkpoint", qos: .utility)
    private let next = Mutex(ContinuousClock.now)

    init(path: String, failures: FailureLog) throws {
        self.failures = failures
        var configuration = Configuration()
        configuration.label = "boardcast-checkpoint"
        database = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Schedules a checkpoint after a commit. Does not wait.
    func commit() {
        let now = ContinuousClock.now
        let isDue = next.withLock { next in
            guard now >= next else { return false }
            next = now + Self.pause
            return true
        }
        guard isDue else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(250)) { [database, failures] in
            do {
                try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
                failures.succeed()
            } catch {
                // Busy while the writer checkpoints itself; waiting for the next commit loses nothing.
                failures.note(StoreFailure(error))
            }
        }
    }

    /// Closes the connection; waits for a running checkpoint.
    func close() throws { try queue.sync { try database.close() } }
}
