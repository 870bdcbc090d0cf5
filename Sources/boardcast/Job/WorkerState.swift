import Client
import Synchronization

/// What a worker's threads and tasks know of its job: the progress that is yet to be reported, and whether it was cancelled.
final class WorkerState: Sendable {
    private struct State {
        var progress: JobProgress?
        var reached = 0
        var isCancelled = false
        var isInterrupted = false
        var isRead = false
    }

    private let state = Mutex(State())

    /// What falls is left out: the gateway would refuse it.
    func note(percent: Int, message: String?) {
        state.withLock { state in
            guard percent >= state.reached else { return }
            state.reached = percent
            state.progress = JobProgress(percent: percent, message: message ?? state.progress?.message)
        }
    }

    /// The latest, once.
    func takeProgress() -> JobProgress? {
        state.withLock { state in
            defer { state.progress = nil }
            return state.progress
        }
    }

    /// It could not be reported, and is to be unless there is something newer.
    func putBack(_ progress: JobProgress?) { state.withLock { $0.progress = $0.progress ?? progress } }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// - Returns: whether it was not before.
    func cancel() -> Bool {
        state.withLock { state in
            defer { state.isCancelled = true }
            return !state.isCancelled
        }
    }

    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }
    func interrupt() { state.withLock { $0.isInterrupted = true } }

    /// Whether all that the command wrote has been read.
    var isRead: Bool { state.withLock { $0.isRead } }
    func finishReading() { state.withLock { $0.isRead = true } }
}
