import Client
import Synchronization

/// The state of a job that the worker's threads and tasks share: the progress to be reported, and whether the job was
/// cancelled.
final class WorkerState: Sendable {
    private struct State {
        var progress: JobProgress?
        var reached = 0
        var isCancelled = false
        var isInterrupted = false
        var isRead = false
    }

    private let state = Mutex(State())

    /// Notes progress. A lower percentage is ignored, since the gateway would refuse it.
    func note(percent: Int, message: String?) {
        state.withLock { state in
            guard percent >= state.reached else { return }
            state.reached = percent
            state.progress = JobProgress(percent: percent, message: message ?? state.progress?.message)
        }
    }

    /// Takes the latest progress; nil when it was taken already.
    func takeProgress() -> JobProgress? {
        state.withLock { state in
            defer { state.progress = nil }
            return state.progress
        }
    }

    /// Puts back progress that could not be reported, unless there is newer progress.
    func putBack(_ progress: JobProgress?) { state.withLock { $0.progress = $0.progress ?? progress } }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// - Returns: false when it was cancelled before.
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
