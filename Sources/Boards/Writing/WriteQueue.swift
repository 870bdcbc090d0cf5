import DequeModule
package import Events
import Synchronization

/// One write that waits for the writer.
package struct PendingWrite: Sendable {
    package let command: Command
    package let author: Principal
    package let once: IdempotencyKey?
    package let since: ContinuousClock.Instant
    /// Called once.
    package let reply: @Sendable (Result<Commit<Written>, BoardError>) -> Void

    package init(
        command: Command, author: Principal, once: IdempotencyKey?, since: ContinuousClock.Instant,
        reply: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void
    ) {
        self.command = command
        self.author = author
        self.once = once
        self.since = since
        self.reply = reply
    }

    package var write: Write { Write(command, by: author, once: once) }
}

/// The writes that queue while the last group commits: bounded, and fair between tenants, who are served in turn.
package final class WriteQueue: Sendable {
    package enum Taken {
        case writes([PendingWrite])
        /// No write arrived within the writer's patience.
        case idle
        /// The queue is empty and closed.
        case closed
    }

    private struct State {
        var waiting: [TenantID: Deque<PendingWrite>] = [:]
        /// The tenants that have waiting writes, each once; the first is served next.
        var turns = Deque<TenantID>()
        var count = 0
        /// The number of writes that the writer took last and has not finished.
        var inHand = 0
        /// The most that waited at once, and the writes that found no room.
        var longest = 0
        var turnedAway = 0
        var isClosed = false
        var isWriterAsleep = false
    }

    private let limit: Int
    private let limitPerTenant: Int
    private let state = Mutex(State())
    private let wake = Alarm()

    package init(limit: Int, limitPerTenant: Int) {
        self.limit = limit
        self.limitPerTenant = limitPerTenant
    }

    /// Writes that wait, or are in the writer's hands.
    package var unanswered: Int { state.withLock { $0.count + $0.inHand } }

    /// Adds what the queue itself counts.
    package func count(in counters: inout WriterCounters) {
        state.withLock {
            (counters.longestQueue, counters.turnedAway) = ($0.longest, $0.turnedAway)
            counters.waiting = $0.count + $0.inHand
        }
    }

    /// - Returns: why the write was not accepted, or nil.
    package func put(_ write: PendingWrite) -> BoardError? {
        let (refusal, mustWake) = state.withLock { state -> (BoardError?, Bool) in
            if state.isClosed { return (.failed(.closed), false) }
            let tenant = write.author.tenant
            let before = state.waiting[tenant]?.count ?? 0
            guard state.count < limit, before < limitPerTenant else {
                state.turnedAway += 1
                return (.failed(.busy(retryAfter: .seconds(1))), false)
            }
            state.waiting[tenant, default: []].append(write)
            if before == 0 { state.turns.append(tenant) }
            state.count += 1
            state.longest = max(state.longest, state.count)
            defer { state.isWriterAsleep = false }
            return (nil, state.isWriterAsleep)
        }
        if mustWake { wake.ring() }
        return refusal
    }

    /// Up to `count` writes, one of each tenant in turn; waits for the first as long as `patience`.
    ///
    /// - Precondition: called from one thread.
    package func take(_ count: Int, patience: Duration) -> Taken {
        if let taken = takeNow(count, mayFallAsleep: true) { return taken }
        if !wake.wait(patience) {
            // A thread that saw the writer asleep has rung, or is about to.
            let isStillAsleep = state.withLock { state in
                defer { state.isWriterAsleep = false }
                return state.isWriterAsleep
            }
            if !isStillAsleep { wake.wait() }
        }
        return takeNow(count, mayFallAsleep: false) ?? .idle
    }

    package func close() {
        let mustWake = state.withLock { state in
            state.isClosed = true
            defer { state.isWriterAsleep = false }
            return state.isWriterAsleep
        }
        if mustWake { wake.ring() }
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
                guard let write = state.waiting[tenant]?.popFirst() else { continue }
                writes.append(write)
                if state.waiting[tenant]?.isEmpty == false {
                    state.turns.append(tenant)
                } else {
                    state.waiting[tenant] = nil
                }
            }
            state.count -= writes.count
            state.inHand = writes.count
            return .writes(writes)
        }
    }
}
