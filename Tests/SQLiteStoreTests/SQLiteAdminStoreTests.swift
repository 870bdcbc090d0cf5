import Boards
import Contracts
import Events
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct SQLiteAdminStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ location: DatabaseLocation? = nil, limits: AdminLimits = AdminLimits()) throws
        -> SQLiteBoardStore
    {
        var settings = StoreSettings()
        settings.admin = limits
        settings.busyTimeout = .milliseconds(300)
        return try SQLiteBoardStore(location ?? .file(folder.path("b")), settings: settings) {
            0
        } announce: { _ in
        }
    }

    @Test(arguments: AdminContract.all)
    func `keeps the contract of a store of administrators' acts, in a file`(_ contract: AdminContract) async throws {
        let store = try open(limits: AdminContract.limits)
        try await contract.check(store)
        await store.close()
    }

    @Test(arguments: AdminContract.all)
    func `keeps the contract of a store of administrators' acts, in memory`(_ contract: AdminContract) async throws {
        let store = try open(.memory, limits: AdminContract.limits)
        try await contract.check(store)
        await store.close()
    }

    @Test func `revocations and acts are there after a restart, and numbers go on`() async throws {
        let before = try open()
        let made = try await before.revoke(RevocationDraft(.jti("t"), reason: "r"), by: .ann, at: time(1))
        let act = try await before.record(AdminAct("a.b", subject: "s", detail: ""), by: .ann, at: time(2))
        await before.close()
        let after = try open()
        #expect(try await after.revocations(of: Principal.ann.tenant, before: nil, count: 9) == [made])
        #expect(try await after.audit(of: Principal.ann.tenant, before: nil, count: 1) == [act])
        let list = try await after.revocationList()
        #expect(list.revokes(tokenID: "t", of: Principal.bob.user, issuedAt: nil, in: Principal.ann.tenant))
        #expect(try await after.revoke(RevocationDraft(.jti("u")), by: .ann, at: time(3)).id == 2)
        await after.close()
    }

    @Test func `a database of the version before is brought up to date`() async throws {
        let old = try DatabaseQueue(path: folder.path("b"))
        try Migrations.all(now: 7).migrate(old, upTo: "1: boards, tasks, events")
        try old.close()
        let store = try open()
        #expect(try await store.board(.main, for: .ann).createdAt == time(7))
        #expect(try await store.revoke(RevocationDraft(.jti("t")), by: .ann, at: time(8)).id == 1)
        await store.close()
    }

    @Test func `an administrator's act leaves the tenant's boards and log alone`() async throws {
        let store = try open()
        _ = try await store.revoke(RevocationDraft(.jti("t")), by: .ann, at: time(1))
        #expect(try await store.boards(for: .ann).map(\.id) == [.main])
        #expect(try await store.bounds(of: Principal.ann.tenant).head == 0)
        await store.close()
    }

    @Test func `while another process holds the database an act is refused as busy`() async throws {
        let store = try open()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.path("b"), configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let refused = await refusal { _ = try await store.revoke(RevocationDraft(.jti("t")), by: .ann, at: time(1)) }
        #expect(refused == .failed(.busy(retryAfter: .seconds(1))))
        try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        #expect(try await store.revoke(RevocationDraft(.jti("t")), by: .ann, at: time(1)).id == 1)
        #expect(try await store.audit(of: Principal.ann.tenant, before: nil, count: 9).count == 1)
        await store.close()
    }

    @Test func `acts and writes at once all succeed`() async throws {
        let store = try open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<100 {
                group.addTask { _ = try await store.revoke(RevocationDraft(.jti("\(index)")), by: .ann, at: time(1)) }
                group.addTask {
                    let draft = try TaskDraft(object(#"{"name":"\#(index)"}"#))
                    _ = try await store.write(.createTask(draft), by: .ann, once: nil)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.revocations(of: Principal.ann.tenant, before: nil, count: 200).count == 100)
        #expect(try await store.bounds(of: Principal.ann.tenant).head == 100)
        await store.close()
    }

    @Test func `a store that was closed refuses`() async throws {
        let store = try open()
        await store.close()
        let refused = await refusal { _ = try await store.revoke(RevocationDraft(.jti("t")), by: .ann, at: time(1)) }
        #expect(refused == .failed(.closed))
        #expect(await refusal { _ = try await store.revocationList() } == .failed(.closed))
    }

    private func time(_ milliseconds: Int) -> Timestamp { Timestamp(milliseconds: milliseconds) }
}
