import Events
import HTTPTypes
import Synchronization

/// Bounds the memory of all request bodies that are being read, parsed and acted on, over all connections.
///
/// A body takes its room before it is read, and keeps it until the request is answered: what waits for the writer is
/// within the bound too. Safe to use from any thread.
final class BodyBudget: Sendable {
    private struct State {
        var bytes = 0
        var tenants: [TenantID: Int] = [:]
    }

    private let settings: LiveSettings
    private let state = Mutex(State())

    init(settings: LiveSettings) { self.settings = settings }

    /// The bytes that are taken now.
    var taken: Int { state.withLock { $0.bytes } }

    /// What a body of `length` bytes counts with: its bytes, a copy of them in the tree, and what the tree has besides,
    /// which the number of values bounds.
    static func cost(of length: Int) -> Int { 2 * length + 16 * min(length, 65_536) }

    /// Takes room for a body, until the last reference to it is gone.
    ///
    /// - Parameter length: of the body, or of what is known of it; see ``BodyRoom/grow(to:)``.
    /// - Throws: ``Problem`` 503 when there is no room for now.
    func room(for length: Int, of tenant: TenantID) throws(Problem) -> BodyRoom {
        let room = BodyRoom(in: self, tenant)
        try room.grow(to: length)
        return room
    }

    /// A tenant gets half of the room at most, so that none can keep the others out. One body at a time is taken from
    /// each however large it is.
    fileprivate func take(_ bytes: Int, for tenant: TenantID, holding held: Int) -> Bool {
        let limit = settings.read { $0.bodiesBytes }
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

/// Room for one body. Used by one task at a time.
final class BodyRoom: @unchecked Sendable {
    private let budget: BodyBudget
    private let tenant: TenantID
    private var bytes = 0

    fileprivate init(in budget: BodyBudget, _ tenant: TenantID) { (self.budget, self.tenant) = (budget, tenant) }

    deinit { budget.giveBack(bytes, of: tenant) }

    /// Makes it large enough for a body of `length` bytes.
    ///
    /// - Throws: ``Problem`` 503 when there is no room for now.
    func grow(to length: Int) throws(Problem) {
        let more = BodyBudget.cost(of: length) - bytes
        guard more > 0 else { return }
        guard budget.take(more, for: tenant, holding: bytes) else { throw .bodiesFull }
        bytes += more
    }
}

extension Problem {
    static let bodiesFull = Problem(
        .serviceUnavailable, "bodies_full", "Too many request bodies are being worked on now; send it again."
    ).with(.retryAfter, "1")

    /// - Parameter limit: of the values in one body.
    static func tooManyValues(_ limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "too_many_values",
            "The body has more than \(limit) JSON values, objects and arrays counted; send less at once.")
    }
}
