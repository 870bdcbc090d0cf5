public import Boards
import Events
import Synchronization
public import Testing

/// One thing that every ``Boards/AdminStore`` does. A store's tests run ``all`` of them against it.
public struct AdminContract: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    private let body: @Sendable (TestAdmin) async throws -> Void

    init(_ sentence: String, _ body: @escaping @Sendable (TestAdmin) async throws -> Void) {
        testDescription = sentence
        self.body = body
    }

    public static let all = revocations + audit

    /// Those that the store under test must have.
    public static var limits: AdminLimits {
        var limits = AdminLimits()
        (limits.revocations, limits.auditEntries) = (20, 30)
        return limits
    }

    public func check(_ store: any AdminStore) async throws { try await body(TestAdmin(store: store)) }
}

/// A store of administrators' acts under test, with a clock of its own.
struct TestAdmin: Sendable {
    let store: any AdminStore
    private let clock = Clock()

    private final class Clock: Sendable {
        let time = Mutex(Timestamp(milliseconds: 1_768_473_000_000))
    }

    init(store: any AdminStore) { self.store = store }

    var now: Timestamp { clock.time.withLock { $0 } }
    func advance(by time: Duration) { clock.time.withLock { $0 = $0 + time } }

    @discardableResult
    func revoke(
        _ target: Revocation.Target, by author: Principal = .ann, reason: String? = nil
    ) async throws -> Revocation {
        try await store.revoke(RevocationDraft(target, reason: reason), by: author, at: now)
    }

    @discardableResult
    func record(_ name: String, by author: Principal = .ann) async throws -> AuditEntry {
        try await store.record(AdminAct(name, subject: "s", detail: "d"), by: author, at: now)
    }

    func revocations(of author: Principal = .ann, before id: Int? = nil, count: Int = 20_000) async throws
        -> [Revocation]
    {
        try await store.revocations(of: author.tenant, before: id, count: count)
    }

    func audit(of author: Principal = .ann, before id: Int? = nil, count: Int = 20_000) async throws -> [AuditEntry] {
        try await store.audit(of: author.tenant, before: id, count: count)
    }
}

extension Revocation.Target {
    public static func jti(_ id: String) -> Self { .token(TokenID(id)!) }
    public static func sub(_ user: String) -> Self { .subject(UserID(user)!) }
}
