import Boards
import Contracts
import Events
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct GroupCommitTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ change: @escaping @Sendable (inout StoreSettings) -> Void = { _ in }) throws -> TestStore {
        try TestStore { _, now, uptime, announce in
            var settings = StoreSettings()
            change(&settings)
            return try SQLiteBoardStore(
                .file(folder.path("board.sqlite")), settings: settings, now: now, uptime: uptime, announce: announce)
        }
    }

    /// Holds the database as another process would, while `body` runs.
    private func locked(_ body: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.path("board.sqlite"), configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        try await body()
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try other.close()
    }

    @Test func `writes that come together are committed together, each succeeding or failing alone`() async throws {
        let store = try open { $0.busyTimeout = .seconds(60) }
        try await store.create(#"{"name":"first"}"#)
        let refusals = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await locked {
                for index in 0..<200 {
                    group.addTask {
                        let status = index % 10 == 0 ? "nope" : "inbox"
                        do {
                            try await store.create(#"{"name":"\#(index)","status":"\#(status)"}"#)
                            #expect(index % 10 != 0)
                        } catch {
                            #expect(index % 10 == 0)
                            refusals.add()
                        }
                    }
                }
                let sqlite = try #require(store.store as? SQLiteBoardStore)
                try #require(await comesTrue { sqlite.unansweredWrites == 200 })
            }
            try await group.waitForAll()
        }
        #expect(refusals.count == 20)
        #expect(store.announced.map(\.seq) == Array(1...181))
        #expect(try await store.store.snapshot(of: .all, for: .ann).tasks.map(\.id) == Array(1...181))
        #expect(store.groups < 60)
        await store.close()
    }

    @Test func `a database that another process holds makes writes busy in time, and lets reads go on`() async throws {
        let store = try open { $0.busyTimeout = .milliseconds(300) }
        let task = try await store.create(#"{"name":"a"}"#)
        try await locked {
            let error = await refusal { try await store.create(#"{"name":"b"}"#) }
            #expect(error == .failed(.busy(retryAfter: .seconds(1))))
            let read = try await store.store.task(task.id, for: .ann)
            #expect(read == task)
        }
        #expect(try await store.create(#"{"name":"c"}"#).id == 2)
        #expect(store.announced.map(\.seq) == [1, 2])
        await store.close()
    }

    @Test func `a queue that is full refuses one tenant before it refuses others`() async throws {
        let store = try open { settings in
            settings.busyTimeout = .seconds(60)
            settings.queueLimit = 30
            settings.queueLimitPerTenant = 20
        }
        try await store.create(#"{"name":"first"}"#)
        let (mine, theirs) = (Tally(), Tally())
        try await withThrowingTaskGroup(of: Void.self) { group in
            func send(_ author: Principal, _ count: Int, _ busy: Tally) {
                for _ in 0..<count {
                    group.addTask {
                        do { try await store.create(#"{"name":"x"}"#, by: author) } catch {
                            #expect(error as? BoardError == .failed(.busy(retryAfter: .seconds(1))))
                            busy.add()
                        }
                    }
                }
            }
            try await locked {
                let sqlite = try #require(store.store as? SQLiteBoardStore)
                send(.ann, 60, mine)
                try #require(await comesTrue { mine.count + sqlite.unansweredWrites == 60 })
                send(.eve, 5, theirs)
                try #require(await comesTrue { mine.count + sqlite.unansweredWrites == 65 })
            }
            try await group.waitForAll()
        }
        #expect(theirs.count == 0 && mine.count >= 20)
        #expect(try await store.store.bounds(of: Principal.eve.tenant).head == 5)
        await store.close()
    }

    @Test func `a full disk refuses writes, announces nothing, and is recovered from`() async throws {
        let store = try open()
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        let task = try await store.create(#"{"name":"a"}"#)
        try await sqlite.database.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")!
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
        }
        let long = String(repeating: "x", count: 15_000)
        var refused = 0
        for _ in 0..<5 {
            do { try await store.create(#"{"name":"b","description":"\#(long)"}"#) } catch {
                #expect(error as? BoardError == .failed(.full))
                refused += 1
            }
        }
        #expect(refused >= 4 && store.announced.count == 6 - refused)
        #expect(try await store.store.task(task.id, for: .ann) == task)
        try await sqlite.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await store.create(#"{"name":"c","description":"\#(long)"}"#)
        #expect(store.announced.map(\.seq) == Array(1...(7 - refused)))
        #expect(try await store.log().count == 7 - refused)
        await store.close()
    }

    @Test func `closing finishes what is queued, and refuses what comes later`() async throws {
        let store = try open()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    do {
                        try await store.create(#"{"name":"x"}"#)
                        return true
                    } catch {
                        #expect(error as? BoardError == .failed(.closed))
                        return false
                    }
                }
            }
            group.addTask {
                await store.close()
                return false
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(store.announced.count == outcomes)
        #expect(await refusal { _ = try await store.store.task(1, for: .ann) } == .failed(.closed))
        let again = try open()
        #expect(try await again.store.bounds(of: Principal.ann.tenant).head == outcomes)
        await again.close()
    }
}
