import Contracts
import Events
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Boards

@Suite struct ActKeeperTests {
    private let store = StubbornStore()
    private let lines = LogLines()

    private func keeper(_ limits: ActKeeper.Limits = ActKeeper.Limits()) -> ActKeeper {
        ActKeeper(store: store, limits: limits, logger: lines.logger)
    }

    private func revocation(_ id: String, by author: Principal = .ann) -> KeptAct {
        KeptAct(.revocation(RevocationDraft(.jti(id))), by: author, at: Timestamp(milliseconds: 7))
    }

    private func record(_ subject: String, by author: Principal = .ann) -> KeptAct {
        KeptAct(.record(AdminAct("a.b", subject: subject, detail: "")), by: author, at: Timestamp(milliseconds: 7))
    }

    private func subjects(of author: Principal = .ann) async throws -> [String] {
        try await store.inner.audit(of: author.tenant, before: nil, count: 999).reversed().map(\.act.subject)
    }

    private func isWaiting(_ outcome: ActKeeper.Outcome) -> Bool { if case .waiting = outcome { true } else { false } }

    @Test func `what the store takes is stored when it is answered`() async throws {
        let keeper = keeper()
        guard case .stored(let revocation?) = await keeper.keep(revocation("t")) else {
            Issue.record("not stored")
            return
        }
        #expect(revocation.id == 1 && revocation.createdAt == Timestamp(milliseconds: 7))
        guard case .stored(nil) = await keeper.keep(record("s")) else {
            Issue.record("not stored")
            return
        }
        #expect(!keeper.isBehind)
        #expect(try await subjects() == ["jti t", "s"])
    }

    @Test func `what the store can't take waits, is listed, and is stored in order`() async throws {
        let keeper = keeper()
        store.fail(.full)
        for id in ["a", "b", "c"] {
            #expect(isWaiting(await keeper.keep(revocation(id))))
            #expect(isWaiting(await keeper.keep(record(id))))
        }
        #expect(keeper.isBehind)
        #expect(keeper.waitingRevocations(of: Principal.ann.tenant).map(\.target) == [.jti("c"), .jti("b"), .jti("a")])
        #expect(keeper.waitingRevocations(of: Principal.eve.tenant).isEmpty)
        store.fail(nil)
        #expect(try await comesTrue { !keeper.isBehind })
        #expect(try await subjects() == ["jti a", "a", "jti b", "b", "jti c", "c"])
        #expect(keeper.waitingRevocations(of: Principal.ann.tenant).isEmpty)
    }

    @Test func `a tenant whose acts can't be stored holds up no other`() async throws {
        let keeper = keeper()
        store.fail(.broken("a row can't be read"), of: Principal.ann.tenant)
        #expect(isWaiting(await keeper.keep(revocation("a"))))
        #expect(isWaiting(await keeper.keep(record("b", by: .eve))))
        #expect(try await comesTrue { try await subjects(of: .eve) == ["b"] })
        #expect(try await subjects().isEmpty)
        store.fail(nil)
        #expect(try await comesTrue { try await subjects() == ["jti a"] })
    }

    @Test func `there is room for so many of a kind, of a tenant and in all`() async throws {
        var limits = ActKeeper.Limits()
        (limits.perTenant, limits.total) = (2, 3)
        let keeper = keeper(limits)
        store.fail(.busy(retryAfter: .seconds(1)))
        for id in ["a", "b"] { #expect(isWaiting(await keeper.keep(revocation(id)))) }
        guard case .noRoom = await keeper.keep(revocation("c")) else {
            Issue.record("a third")
            return
        }
        #expect(isWaiting(await keeper.keep(record("d"))))
        #expect(isWaiting(await keeper.keep(revocation("e", by: .eve))))
        guard case .noRoom = await keeper.keep(revocation("f", by: .eve)) else {
            Issue.record("a fourth")
            return
        }
        store.fail(nil)
        #expect(try await comesTrue { !keeper.isBehind })
        #expect(try await subjects() == ["jti a", "jti b", "d"])
    }

    @Test func `a refusal is answered, and logged for those who do not wait for it any more`() async throws {
        let keeper = keeper()
        store.refuse(.conflict(.revocationsFull(limit: 1)))
        guard case .refused(.conflict) = await keeper.keep(revocation("a")) else {
            Issue.record("not refused")
            return
        }
        #expect(!keeper.isBehind)
        #expect(lines.all.count == 1 && lines.all[0].hasPrefix("error not stored act=tokens.revoked actor=ann"))
    }

    @Test func `what is not stored at the end is in the log, and an answer comes`() async throws {
        let keeper = keeper()
        store.fail(.full)
        #expect(isWaiting(await keeper.keep(revocation("a"))))
        await keeper.close(within: .milliseconds(1))
        #expect(lines.all.count == 1 && lines.all[0].contains("subject=jti a"))
        guard case .noRoom = await keeper.keep(revocation("b")) else {
            Issue.record("taken after the end")
            return
        }
        #expect(!keeper.isBehind)
    }
}

/// A store of administrators' acts that fails as long as a test says so.
private final class StubbornStore: AdminStore {
    let inner = MemoryAdminStore()
    private let trouble = Mutex<(error: BoardError, tenant: TenantID?)?>(nil)

    /// - Parameter tenant: whose acts fail; everybody's without one.
    func fail(_ failure: StoreFailure?, of tenant: TenantID? = nil) {
        trouble.withLock { $0 = failure.map { (.failed($0), tenant) } }
    }

    func refuse(_ error: BoardError) { trouble.withLock { $0 = (error, nil) } }

    private func check(_ author: Principal) throws(BoardError) {
        guard let (error, tenant) = trouble.withLock({ $0 }), tenant == nil || tenant == author.tenant else { return }
        throw error
    }

    func revoke(
        _ draft: RevocationDraft, by author: Principal, at now: Timestamp
    ) async throws(BoardError) -> Revocation {
        try check(author)
        return try await inner.revoke(draft, by: author, at: now)
    }

    func record(_ act: AdminAct, by author: Principal, at now: Timestamp) async throws(BoardError) -> AuditEntry {
        try check(author)
        return try await inner.record(act, by: author, at: now)
    }

    func revocations(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [Revocation] {
        try await inner.revocations(of: tenant, before: id, count: count)
    }

    func revocationList() async throws(BoardError) -> RevocationList { try await inner.revocationList() }

    func audit(of tenant: TenantID, before id: Int?, count: Int) async throws(BoardError) -> [AuditEntry] {
        try await inner.audit(of: tenant, before: id, count: count)
    }
}
