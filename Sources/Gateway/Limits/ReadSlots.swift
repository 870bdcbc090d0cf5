import DequeModule
import Events
import Synchronization

/// Lets a few large readings of the store go on at once, from the query until the answer is made; others wait their
/// turn. So what is read, and not yet an answer that ``Answers`` counts, is bounded too.
///
/// A tenant has half of the slots at most, and half of the places in which requests wait: each of these keeps a
/// connection from others. When a slot is free, another tenant than the one that had it comes first. Safe to use from
/// any thread.
final class ReadSlots: Sendable {
    private struct State {
        var free: Int
        var tenants: [TenantID: Int] = [:]
        var waiting: Deque<(tenant: TenantID, go: CheckedContinuation<Bool, Never>)> = []

        func waiting(of tenant: TenantID) -> Int { waiting.count { $0.tenant == tenant } }
    }

    /// The most that wait of all tenants; those beyond are refused.
    static let mostWaiting = 1024
    private let places: Int
    /// Those in which requests of one tenant may wait.
    var placesOfTenant: Int { places / 2 }
    /// The slots that one tenant may have.
    let share: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - count: of readings at once.
    ///   - places: how many may wait, at least two and at most ``mostWaiting``.
    init(_ count: Int, places: Int = mostWaiting) {
        self.places = min(max(2, places), Self.mostWaiting)
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

    /// How many wait now.
    var waiting: Int { state.withLock { $0.waiting.count } }

    private func enter(_ tenant: TenantID) async throws(Problem) {
        let hasRoom = await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if takes(tenant, &state) { return true }
                guard state.waiting.count < places, state.waiting(of: tenant) < placesOfTenant else { return false }
                state.waiting.append((tenant, continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        if !hasRoom { throw .answersFull }
    }

    private func leave(_ tenant: TenantID) {
        let next = state.withLock { state in
            state.free += 1
            let left = state.tenants[tenant, default: 1] - 1
            state.tenants[tenant] = left > 0 ? left : nil
            let others = state.waiting.indices.filter { state.waiting[$0].tenant != tenant }
            let own = state.waiting.firstIndex { $0.tenant == tenant }
            for index in others + [own].compactMap(\.self) where takes(state.waiting[index].tenant, &state) {
                return state.waiting.remove(at: index).go as CheckedContinuation<Bool, Never>?
            }
            return nil
        }
        next?.resume(returning: true)
    }

    private func takes(_ tenant: TenantID, _ state: inout State) -> Bool {
        let own = state.tenants[tenant, default: 0]
        guard state.free > 0, own < share else { return false }
        state.free -= 1
        state.tenants[tenant] = own + 1
        return true
    }
}
