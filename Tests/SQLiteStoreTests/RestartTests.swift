import Boards
import Contracts
import Events
import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct RestartTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(retention: Int = 100_000, age: Duration = .seconds(7 * 86_400)) throws -> TestStore {
        try TestStore(retention: retention, age: age) { retention, now, uptime, announce in
            var settings = StoreSettings()
            settings.retention.standard = retention
            return try SQLiteBoardStore(
                .file(folder.path("board.sqlite")), settings: settings, now: now, uptime: uptime, announce: announce)
        }
    }

    @Test func `everything is there after a restart, and numbers go on`() async throws {
        let before = try open()
        let task = try await before.create(#"{"name":"a","labels":["é"],"assigneeId":"bob"}"#)
        try await before.createBoard(#"{"id":"b1"}"#)
        await before.close()
        let after = try open()
        #expect(after.store.epoch != before.store.epoch)
        let found = try await after.store.task(task.id, for: .ann)
        #expect(found == task && found.epoch == task.epoch && task.epoch == before.store.epoch)
        #expect(try await after.store.board(BoardID("b1")!, for: .ann).epoch == before.store.epoch)
        #expect(try await after.log().map(\.json) == before.announced.map(\.json))
        #expect(try await after.log().map(\.cursor) == before.announced.map(\.cursor))
        #expect(try await after.create(#"{"name":"b"}"#).id == 2)
        #expect(after.announced.map(\.seq) == [3] && after.announced[0].int("boardSeq") == 2)
        #expect(try await after.patch(task, #"{"name":"c"}"#).task.epoch == after.store.epoch)
        await after.close()
    }

    @Test func `an answer given before a restart is given again after it`() async throws {
        let before = try open()
        let key = IdempotencyKey("k", fingerprint: [1])
        let task = try await before.create(#"{"name":"a"}"#, once: key)
        await before.close()
        let after = try open()
        let again = try await after.create(#"{"name":"a"}"#, once: key)
        #expect(again == task && again.epoch == task.epoch && task.epoch == before.store.epoch)
        #expect(
            await refusal { try await after.create(#"{"name":"b"}"#, once: IdempotencyKey("k", fingerprint: [])) }
                == .keyReused)
        #expect(after.announced.isEmpty)
        await after.close()
    }

    @Test func `what was acknowledged survives a process that ends without a word`() async throws {
        let store = try open()
        for index in 0..<50 { try await store.create(#"{"name":"\#(index)"}"#) }
        // What lies on the disk at this moment, as a process would find it that starts after a crash.
        let crashed = try TemporaryFolder()
        let wal = try Data(contentsOf: URL(fileURLWithPath: folder.path("board.sqlite-wal")))
        let main = try Data(contentsOf: URL(fileURLWithPath: folder.path("board.sqlite")))
        try main.write(to: URL(fileURLWithPath: crashed.path("board.sqlite")))
        try wal.write(to: URL(fileURLWithPath: crashed.path("board.sqlite-wal")))
        let again = try SQLiteBoardStore(.file(crashed.path("board.sqlite"))) {
            0
        } announce: { _ in
        }
        #expect(try await again.bounds(of: Principal.ann.tenant).head == 50)
        #expect(try await again.snapshot(of: .all, for: .ann).tasks.count == 50)
        await again.close()
        await store.close()
    }

    @Test func `another database has another epoch`() async throws {
        let first = try open()
        let other = try TemporaryFolder()
        let second = try SQLiteBoardStore(.file(other.path("b"))) {
            0
        } announce: { _ in
        }
        #expect(first.store.epoch != second.epoch)
        await first.close()
        await second.close()
    }

    @Test func `chores remove what is out of reach by count, in batches`() async throws {
        let store = try open(retention: 100)
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        for index in 0..<700 { try await store.create(#"{"name":"\#(index)"}"#) }
        // The writer itself keeps up while it writes.
        #expect(try await sqlite.storedEvents() < 100 + 2 * Chores.batch)
        try await sqlite.doChores(at: store.time)
        #expect(try await sqlite.storedEvents() == 100)
        let bounds = try await store.store.bounds(of: Principal.ann.tenant)
        #expect(bounds.head == 700 && bounds.oldest == 601)
        await store.close()
        let again = try open(retention: 1000)
        let reopened = try await again.store.bounds(of: Principal.ann.tenant)
        #expect(reopened.head == 700 && reopened.oldest == 601)
        #expect(try await again.create(#"{"name":"x"}"#).id == 701)
        await again.close()
    }

    @Test func `of each tenant's log as much is kept as is set for it`() async throws {
        let store = try TestStore(retention: 100) { retention, now, uptime, announce in
            var settings = StoreSettings()
            settings.retention.standard = retention
            settings.retention.own[Principal.eve.tenant] = Retention(count: 10)
            return try SQLiteBoardStore(.memory, settings: settings, now: now, uptime: uptime, announce: announce)
        }
        for author in [Principal.ann, .eve] {
            for index in 0..<150 { try await store.create(#"{"name":"\#(index)"}"#, by: author) }
        }
        #expect(try await store.store.bounds(of: Principal.ann.tenant).oldest == 51)
        #expect(try await store.store.bounds(of: Principal.eve.tenant).oldest == 141)
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        try await sqlite.doChores(at: store.time)
        #expect(try await sqlite.storedEvents() == 110)
        await store.close()
    }

    @Test func `chores remove what is too old, of every tenant, and old answers`() async throws {
        let store = try open(age: .seconds(60))
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        for author in [Principal.ann, .eve] {
            for index in 0..<300 {
                try await store.create(
                    #"{"name":"\#(index)"}"#, by: author, once: IdempotencyKey("\(index)", fingerprint: []))
            }
        }
        store.advance(by: .milliseconds(60_000))
        try await store.create(#"{"name":"new"}"#)
        try await sqlite.doChores(at: store.time)
        #expect(try await sqlite.storedEvents() == 601)
        store.advance(by: .milliseconds(1))
        try await sqlite.doChores(at: store.time)
        #expect(try await sqlite.storedEvents() == 1)
        let old = try await store.store.bounds(of: Principal.eve.tenant)
        #expect(old.head == 300 && old.oldest == 301)
        #expect(try await sqlite.storedAnswers() == 600)
        store.advance(by: IdempotencyKey.lifetime)
        try await sqlite.doChores(at: store.time)
        #expect(try await sqlite.storedAnswers() == 0)
        // Everything is gone, and the database still opens.
        await store.close()
        let again = try open()
        #expect(try await again.store.bounds(of: Principal.ann.tenant).head == 301)
        await again.close()
    }

    @Test(arguments: [3650, -1])
    func `a clock that is set, and set right again, costs nothing, even over a restart`(days: Int) async throws {
        let step = Duration.seconds(days * 86_400)
        let first = try open(age: .seconds(86_400))
        let job = JobID.random()
        try await first.write(.createJob(job, JobDraft(name: "a")))
        try await first.write(.reportJob(job, JobReport(status: .completed)))
        for index in 0..<10 {
            try await first.create(#"{"name":"\#(index)"}"#, once: IdempotencyKey("\(index)", fingerprint: []))
        }
        first.set(by: step)
        for index in 10..<20 {
            try await first.create(#"{"name":"\#(index)"}"#, once: IdempotencyKey("\(index)", fingerprint: []))
        }
        await first.close()

        let second = try open(age: .seconds(86_400))
        let sqlite = try #require(second.store as? SQLiteBoardStore)
        for turn in 0..<2 {
            second.set(by: step)
            second.advance(by: .seconds(3600))
            try await second.create(#"{"name":"x"}"#)
            second.set(by: .zero - step)
            second.advance(by: .seconds(3600))
            try await second.create(#"{"name":"x"}"#)
            try #require(await comesTrue { try await sqlite.storedStretches() == 5 + 2 * turn })
        }
        #expect(try await second.store.bounds(of: Principal.ann.tenant).oldest == 1)
        #expect(try await sqlite.storedAnswers() == 20)
        #expect(try await second.store.job(job, for: .ann).job.status == .completed)
        await second.close()
    }

    @Test func `what was written while the clock was ahead goes with what came after it`() async throws {
        let store = try open(age: .seconds(60))
        let sqlite = try #require(store.store as? SQLiteBoardStore)
        store.set(by: .seconds(1_000_000_000))
        for index in 0..<(3 * Chores.batch) {
            try await store.create(#"{"name":"\#(index)"}"#, once: IdempotencyKey("\(index)", fingerprint: []))
        }
        store.set(by: .seconds(-1_000_000_000))
        let right = store.time
        try await store.create(#"{"name":"x"}"#, once: IdempotencyKey("x", fingerprint: []))
        try await sqlite.doChores(at: right + IdempotencyKey.lifetime)
        #expect(try await sqlite.storedAnswers() == 3 * Chores.batch + 1)
        #expect(try await sqlite.storedEvents() == 0)
        try await sqlite.doChores(at: right + IdempotencyKey.lifetime + .milliseconds(1))
        #expect(try await sqlite.storedAnswers() == 0)
        await store.close()
    }

    @Test func `ages that can't be read make nothing too old`() async throws {
        let store = try open(age: .seconds(60))
        try await store.create(#"{"name":"a"}"#)
        await store.close()
        let pool = try DatabasePool(path: folder.path("board.sqlite"))
        try await pool.write { try $0.execute(sql: "DELETE FROM meta WHERE name = 'age.wall'") }
        try pool.close()
        let again = try open(age: .seconds(60))
        let sqlite = try #require(again.store as? SQLiteBoardStore)
        again.set(by: .seconds(3600))
        try await again.create(#"{"name":"b"}"#)
        try #require(await comesTrue { try await sqlite.storedStretches() == 3 })
        #expect(try await again.store.bounds(of: Principal.ann.tenant).oldest == 1)
        await again.close()
    }

    @Test func `jobs are as they were after a restart, held progress too, and go when they are old`() async throws {
        let before = try open(age: .seconds(60))
        let (id, other) = (JobID.random(), JobID.random())
        let draft = try JobDraft(object(#"{"name":"a","input":{"x":1.0}}"#))
        for id in [id, other] { try await before.write(.createJob(id, draft)) }
        try await before.write(.reportJob(other, JobReport(status: .completed, message: "done")))
        try await before.write(.reportJob(id, JobReport(progress: 40)))
        let held = try await before.write(.reportJob(id, JobReport(progress: 50, message: "é")))
        let job = held.job
        await before.close()

        let after = try open(age: .seconds(60))
        #expect(try await after.store.job(id, for: .ann).job == job)
        let open = try #require(try await after.store.openJobs().first)
        #expect(open.id == id && open.isHeld && open.version == job.version && open.tenant == Principal.ann.tenant)
        after.advance(by: .milliseconds(250))
        try await after.write(.tellJob(id))
        #expect(after.announced.map(\.type) == [.jobProgress])

        let sqlite = try #require(after.store as? SQLiteBoardStore)
        after.advance(by: .milliseconds(60_000))
        try await sqlite.doChores(at: after.time)
        #expect(try await after.store.jobs(JobQuery(), for: .ann).items.map(\.id) == [id])
        await after.close()
    }
}

extension SQLiteBoardStore {
    fileprivate func storedEvents() async throws -> Int { try await count("events") }
    fileprivate func storedAnswers() async throws -> Int { try await count("answers") }

    /// Those that the writer saved after its last chores.
    fileprivate func storedStretches() async throws -> Int? {
        try await database.read { try AgeTable.memory(at: 0, in: $0) }?.stretches.count
    }

    private func count(_ table: String) async throws -> Int {
        try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// A whole round.
    fileprivate func doChores(at time: Timestamp) async throws {
        try await database.writeWithoutTransaction { [settings] db in
            var chores = Chores(settings)
            while try chores.step(by: .steady(at: time), in: db) {}
        }
    }
}
