import Synchronization

/// Detects that a connection was silent for too long. Checks once a second.
final class SilenceWatch: Sendable {
    private struct State {
        var patience: Duration
        /// Nil while received bytes are being handled, so that a slow reader of our output does not count as the
        /// server's silence.
        var since: ContinuousClock.Instant?
    }

    private let state: Mutex<State>

    init(patience: Duration) { state = Mutex(State(patience: patience, since: .now)) }

    func pause() { state.withLock { $0.since = nil } }

    func resume(patience: Duration) { state.withLock { $0 = State(patience: patience, since: .now) } }

    /// Returns once nothing was received for the reader's patience.
    func waitForSilence() async throws(CancellationError) {
        while true {
            let isOver = state.withLock { state in
                state.since.map { .now - $0 >= state.patience } ?? false
            }
            if isOver { return }
            do { try await Task.sleep(for: .seconds(1)) } catch { throw CancellationError() }
        }
    }
}
