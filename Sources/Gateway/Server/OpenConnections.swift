import Synchronization

/// Counts open connections against the descriptor budget. Safe to use from any thread.
final class OpenConnections: Sendable {
    private struct State {
        var count = 0
        var waiting: (@Sendable () -> Void)?
    }

    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Whether new ones have to wait.
    var isFull: Bool { state.withLock { $0.count >= limit } }

    func enter() { state.withLock { $0.count += 1 } }

    func leave() {
        let resume = state.withLock { state in
            // Connections that were accepted before counting began leave too.
            state.count = max(0, state.count - 1)
            guard state.count < limit, let waiting = state.waiting else { return nil as (@Sendable () -> Void)? }
            state.waiting = nil
            return waiting
        }
        resume?()
    }

    /// Whether there is room now. If not, `resume` is called once there is; only the last `resume` given is called.
    func hasRoom(orElse resume: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.count < limit { return true }
            state.waiting = resume
            return false
        }
    }
}
