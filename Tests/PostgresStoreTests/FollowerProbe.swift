import Events
import Synchronization

/// Keeps some tenants, and remembers what it was told of their logs.
final class FollowerProbe: LogFollower {
    private struct State {
        var places: [TenantID: Cursor] = [:]
        var heads: [TenantID: Int] = [:]
        var doubts: [TenantID] = []
        var kept: (@Sendable (TenantID) -> Void)?
    }

    private let state = Mutex(State())

    func keep(_ tenant: TenantID, at place: Cursor) {
        let kept = state.withLock { state in
            state.places[tenant] = place
            return state.kept
        }
        kept?(tenant)
    }

    func head(of tenant: TenantID) -> Int { state.withLock { $0.heads[tenant] ?? 0 } }
    var doubts: [TenantID] { state.withLock { $0.doubts } }

    // MARK: LogFollower

    var places: [(tenant: TenantID, place: Cursor)] { state.withLock { $0.places.map { ($0.key, $0.value) } } }
    func whenKept(_ body: @escaping @Sendable (TenantID) -> Void) { state.withLock { $0.kept = body } }
    func doubt(_ tenant: TenantID) { state.withLock { $0.doubts.append(tenant) } }

    func advance(_ tenant: TenantID, to head: Int) {
        state.withLock { $0.heads[tenant] = max($0.heads[tenant] ?? 0, head) }
    }
}
