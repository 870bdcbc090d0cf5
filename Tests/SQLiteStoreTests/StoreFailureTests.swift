import Boards
import Contracts
import Events
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

/// A store that fails is heard: what failed and what SQLite said, and nothing that a client wrote.
@Suite struct StoreFailureTests {
    private let folder: TemporaryFolder
    private let lines = LogLines()
    private static let secret = "what the task is about"

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> TestStore {
        try TestStore { [folder, lines] _, now, uptime, announce in
            try SQLiteBoardStore(
                .file(folder.path("board.sqlite")), logger: lines.logger, now: now,
                uptime: uptime,
                announce: announce)
        }
    }

    private func sqlite(_ store: TestStore) throws -> SQLiteBoardStore {
        try #require(store.store as? SQLiteBoardStore)
    }

    private func execute(_ sql: String, in store: TestStore) async throws {
        try await sqlite(store).database.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    /// Writes until the log says that writes go on; the writer's last own attempt may fail as late as that.
    private func goOn(_ store: TestStore) async throws {
        try #require(
            await comesTrue {
                store.advance(by: Episode.calm)
                try await store.create(#"{"name":"c"}"#)
                return lines.all.contains { $0.hasPrefix("notice recovered") }
            })
    }

    @Test func `a write that SQLite fails is logged once an episode, with what it said`() async throws {
        let store = try open()
        try await store.create(#"{"name":"\#(Self.secret)"}"#)
        try await execute("ALTER TABLE tasks RENAME TO gone", in: store)
        for _ in 0..<5 {
            let error = await refusal { try await store.create(#"{"name":"\#(Self.secret)"}"#) }
            guard case .failed(.broken(let words)) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(words.contains("no such table: tasks"))
        }
        try await execute("ALTER TABLE gone RENAME TO tasks", in: store)
        store.advance(by: Episode.calm)
        try await store.create(#"{"name":"\#(Self.secret)"}"#)
        let said = lines.all.filter { $0.contains("work=writes") }
        #expect(said.count == 2)
        #expect(said.first?.hasPrefix("error failing failure=SQLite failed with 1 (") == true)
        #expect(said.first?.contains("no such table: tasks") == true)
        #expect(said.last == "notice recovered after=10 s refused=5 storage=5 work=writes")
        #expect(!lines.all.contains { $0.contains(Self.secret) })
        await store.close()
        #expect(lines.all.count == 2)
    }

    @Test func `a disk that is full is logged, and that it is no longer`() async throws {
        let store = try open()
        try await store.create(#"{"name":"a"}"#)
        let pages = try await sqlite(store).database.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await execute("PRAGMA max_page_count = \(pages)", in: store)
        let long = String(repeating: "x", count: 15_000)
        for _ in 0..<50 {
            #expect(
                await refusal { try await store.create(#"{"name":"b","description":"\#(long)"}"#) } == .failed(.full))
        }
        let check = try #require(try sqlite(store).checks.first { $0.name == "writes" })
        #expect(check.status == .failing && check.reason == "disk_full" && check.refused == [.diskFull: 50])
        try await execute("PRAGMA max_page_count = 1000000", in: store)
        try await goOn(store)
        #expect(lines.all.first == "error failing failure=the disk is full reason=disk_full work=writes")
        #expect(lines.all.filter { $0.hasPrefix("error") }.count == 1)
        let notices = lines.all.filter { $0.hasPrefix("notice") }
        #expect(notices.count == 1 && notices[0].contains("disk_full=50 refused=50 work=writes"))
        #expect(try sqlite(store).checks.allSatisfy { $0.status == .ok })
        await store.close()
    }

    @Test func `that writes go on is found out when nobody writes`() async throws {
        let store = try open()
        try await store.create(#"{"name":"a"}"#)
        let pages = try await sqlite(store).database.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await execute("PRAGMA max_page_count = \(pages)", in: store)
        let long = String(repeating: "x", count: 15_000)
        #expect(await refusal { try await store.create(#"{"name":"b","description":"\#(long)"}"#) } == .failed(.full))
        #expect(try sqlite(store).checks.contains { $0.status == .failing })
        try await execute("PRAGMA max_page_count = 1000000", in: store)
        try #require(
            await comesTrue {
                store.advance(by: Episode.calm)
                return lines.all.contains { $0.hasPrefix("notice recovered") }
            })
        #expect(lines.all.filter { $0.hasPrefix("error") }.count == 1)
        await store.close()
    }

    @Test func `a database that another process holds is one episode`() async throws {
        let store = try TestStore { [folder, lines] _, now, uptime, announce in
            var settings = StoreSettings()
            settings.busyTimeout = .milliseconds(200)
            settings.queueLimit = 8
            return try SQLiteBoardStore(
                .file(folder.path("board.sqlite")), settings: settings, logger: lines.logger, now: now,
                uptime: uptime, announce: announce)
        }
        try await store.create(#"{"name":"a"}"#)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.path("board.sqlite"), configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { (try? await store.create(#"{"name":"b"}"#)) == nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 100)
        // The job keeper's own, which it tries again.
        let errand = await refusal { try await store.write(.stallJob(JobID.random(), version: 1)) }
        #expect(errand == .failed(.busy(retryAfter: .seconds(1))))
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        try await goOn(store)
        let errors = lines.all.filter { $0.hasPrefix("error") }
        #expect(errors.count == 1 && errors[0].contains("work=writes"))
        let notices = lines.all.filter { $0.hasPrefix("notice") }
        #expect(notices.count == 1 && notices[0].contains("refused=100 work=writes"), "\(notices)")
        #expect(notices.first?.contains(" locked=") == true && notices.first?.contains(" queue_full=") == true)
        await store.close()
    }

    @Test func `reads that fail are logged, and what is not there is no failure`() async throws {
        let store = try open()
        let task = try await store.create(#"{"name":"\#(Self.secret)"}"#)
        try await execute("UPDATE tasks SET priority = 'odd'", in: store)
        #expect(await refusal { _ = try await store.store.task(9, for: .ann) } == .notFound(.task(9)))
        #expect(lines.all.isEmpty)
        let words = "a row of tasks can't be read: its priority is not as it should be"
        for _ in 0..<3 {
            let error = await refusal { _ = try await store.store.task(task.id, for: .ann) }
            #expect(error == .failed(.broken(words)))
        }
        #expect(lines.all == ["error failing failure=\(words) reason=storage work=reads"])
        await store.close()
    }

    @Test func `chores that fail are logged`() async throws {
        let store = try open()
        try await store.create(#"{"name":"\#(Self.secret)"}"#)
        try await execute("ALTER TABLE answers RENAME TO gone", in: store)
        try await store.create(#"{"name":"b"}"#)
        try #require(await comesTrue { lines.all.contains { $0.contains("work=chores") } })
        #expect(lines.all.contains { $0.hasPrefix("error failing") && $0.contains("no such table: answers") })
        await store.close()
    }

    @Test func `the writer counts what it does`() async throws {
        let store = try open()
        let before = try sqlite(store).counters
        #expect(before == WriterCounters())
        let task = try await store.create(#"{"name":"a"}"#)
        try await store.patch(task, #"{"name":"b","status":"done"}"#)
        _ = await refusal { try await store.create(#"{"name":"c","status":"nope"}"#) }
        try await execute("ALTER TABLE tenants RENAME TO gone", in: store)
        _ = await refusal { try await store.create(#"{"name":"d"}"#) }
        let counters = try sqlite(store).counters
        #expect(counters.groups == 4 && counters.failedGroups == 0)
        #expect(counters.writes == 2 && counters.refusals == 2 && counters.events == 3)
        #expect(counters.commitTime > .zero && counters.longestQueue == 1 && counters.turnedAway == 0)
        try await execute("ALTER TABLE gone RENAME TO tenants", in: store)
        await store.close()
    }
}
