import Boards
import Dispatch
import Events
import Synchronization

/// One write that waits for the writer.
struct PendingWrite: Sendable {
    let command: Command
    let author: Principal
    let once: IdempotencyKey?
    let since: ContinuousClock.Instant
    let reply: CheckedContinuation<Result<Commit, BoardError>, Never>
}

/// The writes that queue while the last group commits: bounded, and fair between tenants, who are served in turn.
final class WriteQueue: Sendable {
    enum Taken {
        case writes([PendingWrite])
        /// Nothing came in the time that the writer was ready to wait.
        case idle
        /// Nothing waits and nothing will.
        case closed
    }

    private struct State {
        var waiting: [TenantID: FIFO<PendingWrite>] = [:]
        /// Each tenant that has writes waiting, once, the next to be served first.
        var turns = FIFO<TenantID>()
        var count = 0
        /// Writes that the writer took last, until it comes for more.
        var inHand = 0
        var isClosed = false
        var isWriterAsleep = false
    }

    private let limit: Int
    private let limitPerTenant: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(limit: Int, limitPerTenant: Int) {
        self.limit = limit
        self.limitPerTenant = limitPerTenant
    }

    /// Writes that wait, or are in the writer's hands.
    var unanswered: Int { state.withLock { $0.count + $0.inHand } }

    /// - Returns: why the write was not taken, or nil.
    func put(_ write: PendingWrite) -> BoardError? {
        let (refusal, mustWake) = state.withLock { state -> (BoardError?, Bool) in
            if state.isClosed { return (.closed, false) }
            let tenant = write.author.tenant
            let before = state.waiting[tenant]?.count ?? 0
            guard state.count < limit, before < limitPerTenant else {
                return (.busy(retryAfter: .seconds(1)), false)
            }
            state.waiting[tenant, default: FIFO()].append(write)
            if before == 0 { state.turns.append(tenant) }
            state.count += 1
            defer { state.isWriterAsleep = false }
            return (nil, state.isWriterAsleep)
        }
        if mustWake { wake.signal() }
        return refusal
    }

    /// Up to `count` writes, one of each tenant in turn; waits for the first as long as `patience`.
    ///
    /// - Precondition: called from one thread.
    func take(_ count: Int, patience: Duration) -> Taken {
        if let taken = takeNow(count, mayFallAsleep: true) { return taken }
        let deadline = DispatchTime.now() + .microseconds(Int(patience / .microseconds(1)))
        if wake.wait(timeout: deadline) == .timedOut {
            // Whoever saw the writer asleep has signalled, or is about to.
            let isStillAsleep = state.withLock { state in
                defer { state.isWriterAsleep = false }
                return state.isWriterAsleep
            }
            if !isStillAsleep { wake.wait() }
        }
        return takeNow(count, mayFallAsleep: false) ?? .idle
    }

    func close() {
        let mustWake = state.withLock { state in
            state.isClosed = true
            defer { state.isWriterAsleep = false }
            return state.isWriterAsleep
        }
        if mustWake { wake.signal() }
    }

    private func takeNow(_ count: Int, mayFallAsleep: Bool) -> Taken? {
        state.withLock { state in
            state.inHand = 0
            guard state.count > 0 else {
                if state.isClosed { return .closed }
                state.isWriterAsleep = mayFallAsleep
                return nil
            }
            var writes: [PendingWrite] = []
            writes.reserveCapacity(min(count, state.count))
            while writes.count < count, let tenant = state.turns.popFirst() {
                writes.append(state.waiting[tenant]!.popFirst()!)
                if state.waiting[tenant]!.isEmpty {
                    state.waiting[tenant] = nil
                } else {
                    state.turns.append(tenant)
                }
            }
            state.count -= writes.count
            state.inHand = writes.count
            return .writes(writes)
        }
    }
}

/// First in, first out, in one array.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        defer {
            elements[start] = nil
            start += 1
            if start == elements.count {
                elements.removeAll(keepingCapacity: true)
                start = 0
            } else if start >= 64, start * 2 >= elements.count {
                elements.removeFirst(start)
                start = 0
            }
        }
        return elements[start]
    }
}
