import Boards
import Contracts
import Events
import Foundation
import GRDB
import StrictJSON
import TestSupport
import Testing

@testable import SQLiteStore

/// Rows as no gateway writes them: each is refused alone, and nothing traps.
@Suite struct OutOfRangeTests {
    private static let ends = [Int.max, Int.min, -1, 1 << 53]
    private let folder: TemporaryFolder
    private let lines = LogLines()
    private static let job = JobID.random()
    private static let key = IdempotencyKey("k", fingerprint: [])

    init() throws { folder = try TemporaryFolder() }

    private func open(_ name: String = "board.sqlite") throws -> SQLiteBoardStore {
        try SQLiteBoardStore(.file(folder.path(name)), logger: lines.logger) {
            1_768_473_000_000
        } announce: { _ in
        }
    }

    /// A store with tasks, a job and events of each of two tenants.
    private func filled(_ name: String = "board.sqlite") async throws -> SQLiteBoardStore {
        let store = try open(name)
        for author in [Principal.ann, .eve] {
            for name in ["a", "b"] {
                let draft = try TaskDraft(object(#"{"name":"\#(name)"}"#))
                _ = try await store.write(.createTask(draft), by: author, once: nil)
            }
            let job = try JobDraft(object(#"{"name":"j","boardId":"main"}"#))
            _ = try await store.write(.createJob(Self.job, job), by: author, once: nil)
        }
        return store
    }

    private func change(_ sql: String, _ value: Int, in name: String = "board.sqlite") async throws {
        var configuration = Configuration()
        // The store's writer may have something to do, too.
        configuration.busyMode = .timeout(30)
        let other = try DatabaseQueue(path: folder.path(name), configuration: configuration)
        try await other.write { try $0.execute(sql: sql, arguments: [value]) }
        try other.close()
    }

    /// What everybody does with a store; each call may be refused by a failure of the store, and by nothing else.
    private func use(_ store: SQLiteBoardStore, as author: Principal) async -> [StoreFailure] {
        var failures: [StoreFailure] = []
        func attempt(_ body: () async throws -> Void) async {
            do { try await body() } catch {
                let failure = error as? StoreFailure ?? (error as? BoardError)?.failure
                guard let failure, case .broken = failure else {
                    Issue.record("\(error)")
                    return
                }
                failures.append(failure)
            }
        }
        let tenant = author.tenant
        let selection = Selection(boards: .all)
        await attempt {
            _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"c"}"#))), by: author, once: Self.key)
        }
        let name = object(#"{"name":"\#(UUID())"}"#)
        await attempt { _ = try await store.write(.updateTask(1, TaskPatch(name)), by: author, once: nil) }
        await attempt { _ = try await store.write(.updateBoard(.main, BoardPatch(name)), by: author, once: nil) }
        await attempt { _ = try await store.board(.main, for: author) }
        await attempt { _ = try await store.snapshot(of: .all, for: author).tasks.map(\.bytes) }
        await attempt { _ = try await store.jobs(JobQuery(), for: author) }
        await attempt {
            _ = try await store.page(of: tenant, after: 0, selection: selection, count: 100, bytes: 1 << 20)
        }
        await attempt { _ = try await store.newest(of: tenant, selection: selection, count: 10) }
        await attempt { _ = try await store.tail(of: tenant, count: 10, bytes: 1 << 20) }
        await attempt {
            let keeper = JobKeeper(store: store, patience: .seconds(60)) { 0 }
            try await keeper.load()
            let report = try JobReport(object(#"{"progress":5}"#))
            _ = try await JobKeepingStore(keeper).write(.reportJob(Self.job, report), by: author, once: nil)
        }
        return failures
    }

    @Test(arguments: [
        "tenants SET head", "tenants SET oldest", "tenants SET last_task", "boards SET version",
        "boards SET created_at", "boards SET updated_at", "board_heads SET head", "tasks SET version",
        "tasks SET due_at",
        "tasks SET created_at", "tasks SET updated_at", "events SET at", "jobs SET version", "jobs SET progress",
        "jobs SET created_at", "jobs SET updated_at", "jobs SET told_at", "jobs SET is_held", "answers SET at",
    ])
    func `a number at its end is refused alone, running and at the next start`(column: String) async throws {
        let table = column.prefix { $0 != " " }
        // A moment before 1970 is one; an answer as old as can be is removed by the chores.
        let possible = column.hasSuffix("at") ? [-1] : []
        let ends = Set(Self.ends).subtracting(possible).subtracting(table == "answers" ? [.min] : [])
        for value in ends {
            let store = try await filled("\(value).sqlite")
            _ = try await store.write(.createTask(TaskDraft(object(#"{"name":"c"}"#))), by: .ann, once: Self.key)
            let condition = table == "tenants" ? "number = 1" : "tenant = 1"
            try await change("UPDATE \(column) = ?, sum = NULL WHERE \(condition)", value, in: "\(value).sqlite")
            #expect(await !use(store, as: .ann).isEmpty, "\(column) = \(value)")
            #expect(await use(store, as: .eve).isEmpty, "\(column) = \(value)")
            await store.close()
            do {
                let again = try open("\(value).sqlite")
                #expect(again.condition.unreadableRows > 0)
                #expect(await !use(again, as: .ann).isEmpty, "\(column) = \(value)")
                #expect(await use(again, as: .eve).isEmpty, "\(column) = \(value)")
                await again.close()
            } catch SQLiteStoreError.damaged {
                #expect(table == "tenants")
            }
        }
    }

    @Test func `what was changed by hand is known by its checksum`() async throws {
        let store = try await filled()
        try await change("UPDATE tasks SET version = ? WHERE tenant = 1 AND id = 1", 7)
        let reason = "a row of tasks can't be read: its checksum is another"
        #expect(await refusal { _ = try await store.task(1, for: .ann) } == .failed(.broken(reason)))
        #expect(try await store.task(2, for: .ann).id == 2)
        await store.close()
        let again = try open()
        #expect(again.condition.unreadableRows == 1 && again.condition.firstUnreadable == reason)
        await again.close()
    }

    @Test func `a page with a hole is never served`() async throws {
        let store = try await filled()
        try await change("DELETE FROM events WHERE tenant = 1 AND seq = ?", 2)
        let selection = Selection(boards: .all)
        // A page ends before the hole, and who stands there is past what is held; after it nothing is missing.
        let before = try await store.page(
            of: Principal.ann.tenant, after: 0, selection: selection, count: 10, bytes: 1 << 20)
        #expect(before.events.map(\.seq) == [1] && before.end == 1)
        let hole = try await store.page(
            of: Principal.ann.tenant, after: 1, selection: selection, count: 10, bytes: 1 << 20)
        #expect(hole.events.isEmpty)
        #expect(Resumption(hole.bounds.epochs.cursor(at: 1), in: hole.bounds) == .resync(.cursorExpired))
        // The store's clock stands still, of which it warns when the test has taken a minute.
        #expect(
            lines.all.filter { $0.hasPrefix("error") } == [
                "error failing failure=a row of events can't be read: it is missing reason=storage work=reads"
            ])
        let after = try await store.page(
            of: Principal.ann.tenant, after: 2, selection: selection, count: 10, bytes: 1 << 20)
        #expect(after.events.map(\.seq) == [3])
        #expect(try await store.tail(of: Principal.ann.tenant, count: 10, bytes: 1 << 20).events.map(\.seq) == [3])
        await store.close()
        #expect(
            throws: SQLiteStoreError.damaged(
                path: folder.path("board.sqlite"), reason: "events are missing from the log")
        ) { try open() }
    }

    @Test func `chores go on past a tenant that can't be read`() async throws {
        let store = try await filled()
        try await change("UPDATE tenants SET head = ?, sum = NULL WHERE number = 1", .max)
        try await store.database.writeWithoutTransaction { db in
            var settings = StoreSettings()
            settings.retention = PerTenant(Retention(count: 1))
            var chores = Chores(settings)
            while try chores.step(by: .steady(at: 1_768_473_000_000), in: db) {}
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM events WHERE tenant = 2") == 1)
        }
        await store.close()
    }
}

extension BoardTask {
    fileprivate var bytes: [UInt8] {
        var json = JSONWriter()
        write(into: &json)
        return json.bytes
    }
}
