import Synchronization

/// Bounds the memory that one kind of thing takes in the whole process: bodies, answers, queues.
///
/// A tenant gets half of it at most, so that none can keep the others out. One thing at a time is let in however large
/// it is, from each tenant, and in all. Safe to use from any thread.
public final class MemoryBudget: Sendable {
    private struct State {
        var bytes = 0
        var tenants: [TenantID: Int] = [:]
    }

    private let limit: @Sendable () -> Int
    private let state = Mutex(State())

    /// - Parameter limit: bytes that all may take together; it may change at any time.
    public init(limit: @escaping @Sendable () -> Int) { self.limit = limit }

    /// The bytes that are taken now.
    public var taken: Int { state.withLock { $0.bytes } }

    /// Room of no bytes yet; it is given back with the last reference to it.
    public func room(for tenant: TenantID) -> MemoryRoom { MemoryRoom(in: self, tenant) }

    fileprivate func take(_ bytes: Int, for tenant: TenantID, holding held: Int) -> Bool {
        let limit = limit()
        return state.withLock { state in
            let own = state.tenants[tenant, default: 0]
            guard own == held || own + bytes <= limit / 2, state.bytes == held || state.bytes + bytes <= limit else {
                return false
            }
            state.bytes += bytes
            state.tenants[tenant] = own + bytes
            return true
        }
    }

    fileprivate func giveBack(_ bytes: Int, of tenant: TenantID) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.bytes -= bytes
            let left = state.tenants[tenant, default: bytes] - bytes
            state.tenants[tenant] = left > 0 ? left : nil
        }
    }
}

/// What one thing takes of a ``MemoryBudget``. Used by one task, or on one event loop, at a time.
public final class MemoryRoom: @unchecked Sendable {
    private let budget: MemoryBudget
    private let tenant: TenantID
    private var bytes = 0

    fileprivate init(in budget: MemoryBudget, _ tenant: TenantID) { (self.budget, self.tenant) = (budget, tenant) }

    deinit { budget.giveBack(bytes, of: tenant) }

    /// Makes it hold `size` bytes, if it holds fewer.
    ///
    /// - Returns: false when there is no room for now; it then holds what it held.
    public func grow(to size: Int) -> Bool {
        let more = size - bytes
        guard more > 0 else { return true }
        guard budget.take(more, for: tenant, holding: bytes) else { return false }
        bytes = size
        return true
    }
}
