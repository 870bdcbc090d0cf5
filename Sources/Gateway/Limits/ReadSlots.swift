import DequeModule
import Events
import Synchronization

/// Lets a few large readings of the store go on at once, from the query until the answer is made; others wait their
/// turn. So what is read, and not yet an answer that ``Answers`` counts, is bounded too.
///
/// A tenant has half of the slots at most. Safe to use from any thread.
final class ReadSlots: Sendable {
    private struct State {
        var free: Int
        var tenants: [TenantID: Int] = [:]
        var waiting: Deque<(tenant: TenantID, go: CheckedContinuation<Void, Never>)> = []
    }

    /// The most that wait; those beyond are refused.
    static let mostWaiting = 1024
    /// The slots that one tenant may have.
    let share: Int
    private let state: Mutex<State>

    /// - Parameter count: of readings at once.
    init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
        share = max(1, count / 2)
    }

    /// Does `work` when its turn comes.
    ///
    /// - Throws: ``Problem`` 503 when too many wait, and what `work` throws.
    func read<Value>(for tenant: TenantID, _ work: () async throws -> Value) async throws -> Value {
        try await enter(tenant)
        defer { leave(tenant) }
        return try await work()
    }

    private func enter(_ tenant: TenantID) async throws(Problem) {
        if state.withLock({ $0.waiting.count >= Self.mostWaiting }) { throw .answersFull }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if takes(tenant, &state) { return true }
                state.waiting.append((tenant, continuation))
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ tenant: TenantID) {
        let next = state.withLock { state in
            state.free += 1
            let left = state.tenants[tenant, default: 1] - 1
            state.tenants[tenant] = left > 0 ? left : nil
            for index in state.waiting.indices where takes(state.waiting[index].tenant, &state) {
                return state.waiting.remove(at: index).go as CheckedContinuation<Void, Never>?
            }
            return nil
        }
        next?.resume()
    }

    private func takes(_ tenant: TenantID, _ state: inout State) -> Bool {
        let own = state.tenants[tenant, default: 0]
        guard state.free > 0, own < share else { return false }
        state.free -= 1
        state.tenants[tenant] = own + 1
        return true
    }
}
