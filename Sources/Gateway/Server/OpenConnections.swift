import Synchronization

/// Counts open connections against the descriptor budget. Safe to use from any thread.
final class OpenConnections: Sendable {
    private struct State {
        var count = 0
        var waiting: (@Sendable () -> Void)?
    }

    let limit: Int
    private let state = Mutex(State())
    private let hasWaiting = Atomic(false)

    init(limit: Int) { self.limit = limit }

    /// Whether new ones have to wait.
    var isFull: Bool { excess > 0 }

    /// Whether the listener waits for a connection to leave.
    var isAwaited: Bool { hasWaiting.load(ordering: .relaxed) }

    /// How many have to leave until there is room for one; 0 while there is.
    var excess: Int { state.withLock { max(0, $0.count - limit + 1) } }

    func enter() { state.withLock { $0.count += 1 } }

    func leave() {
        let resume = state.withLock { state in
            // Connections that were accepted before counting began leave too.
            state.count = max(0, state.count - 1)
            guard state.count < limit, let waiting = state.waiting else { return nil as (@Sendable () -> Void)? }
            state.waiting = nil
            hasWaiting.store(false, ordering: .relaxed)
            return waiting
        }
        resume?()
    }

    /// Whether there is room now. If not, `resume` is called once there is; only the last `resume` given is called.
    func hasRoom(orElse resume: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.count < limit { return true }
            state.waiting = resume
            hasWaiting.store(true, ordering: .relaxed)
            return false
        }
    }
}
