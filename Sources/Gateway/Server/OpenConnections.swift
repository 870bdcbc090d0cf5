import Synchronization

/// Counts open connections against their bounds: all of them against the descriptor budget, and those that speak HTTP
/// requests, each of which takes ten times the memory of a stream, against one of their own. Safe to use from any
/// thread.
final class OpenConnections: Sendable {
    private struct State {
        var all = 0
        var requests = 0
        /// What each listener is waiting to do.
        var waiting: [ObjectIdentifier: @Sendable () -> Void] = [:]
        var emptied: (@Sendable () -> Void)?
    }

    private let limit: Int
    private let requestLimit: Int
    private let state = Mutex(State())
    private let hasWaiting = Atomic(false)

    /// - Parameters:
    ///   - limit: of all connections.
    ///   - requestLimit: of those that are not, or not yet, streams.
    init(limit: Int, requestLimit: Int = .max) { (self.limit, self.requestLimit) = (limit, requestLimit) }

    /// Whether new ones have to wait.
    var isFull: Bool { excess > 0 }

    /// Whether the listener waits for a connection to leave.
    var isAwaited: Bool { hasWaiting.load(ordering: .relaxed) }

    /// How many have to leave until there is room for one; 0 while there is.
    var excess: Int { state.withLock { max(0, max($0.all - limit, $0.requests - requestLimit) + 1) } }

    /// Counts a connection that was accepted.
    func enter() {
        state.withLock {
            $0.all += 1
            $0.requests += 1
        }
    }

    /// Counts a request that shares its connection with others: it takes as much as a connection of its own.
    ///
    /// - Returns: whether there is room for it. It is counted all the same, until ``leaveRequests()``.
    func enterRequest() -> Bool {
        state.withLock {
            $0.requests += 1
            return $0.requests <= requestLimit
        }
    }

    /// Notes that a connection has become a stream, or that a request that shares one has ended.
    func leaveRequests() { release { $0.requests = max(0, $0.requests - 1) } }

    /// Counts a connection out.
    ///
    /// - Parameter asRequests: whether it did not become a stream.
    func leave(asRequests: Bool) {
        release {
            // Connections that were accepted before counting began leave too.
            $0.all = max(0, $0.all - 1)
            if asRequests { $0.requests = max(0, $0.requests - 1) }
        }
    }

    private func release(_ change: (inout State) -> Void) {
        let due: [@Sendable () -> Void] = state.withLock { state in
            change(&state)
            if state.all == 0, let emptied = state.emptied {
                state.emptied = nil
                return [emptied]
            }
            guard !state.waiting.isEmpty, hasRoom(state) else { return [] }
            defer { state.waiting = [:] }
            hasWaiting.store(false, ordering: .relaxed)
            return Array(state.waiting.values)
        }
        for work in due { work() }
    }

    private func hasRoom(_ state: borrowing State) -> Bool { state.all < limit && state.requests < requestLimit }

    /// Whether there is room now. If not, `resume` is called once there is.
    ///
    /// - Parameter listener: whose `resume` it is; only the last of each is called.
    func hasRoom(for listener: ObjectIdentifier, orElse resume: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if hasRoom(state) { return true }
            state.waiting[listener] = resume
            hasWaiting.store(true, ordering: .relaxed)
            return false
        }
    }

    /// Calls `work` once no connection is open; only the last `work` given is called.
    func whenEmpty(_ work: @escaping @Sendable () -> Void) {
        let isEmpty = state.withLock { state in
            if state.all > 0 { state.emptied = work }
            return state.all == 0
        }
        if isEmpty { work() }
    }
}
