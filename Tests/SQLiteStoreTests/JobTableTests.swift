import Boards
import Contracts
import Events
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct JobTableTests {
    private let ann = UserID("ann")!
    private let time = Timestamp(milliseconds: 1_768_473_000_000)

    private func job(_ status: JobStatus) -> StoredJob {
        let job = Job(
            id: .random(), board: nil, name: "a", input: nil, status: status, createdBy: ann, createdAt: time,
            updatedAt: time)
        return StoredJob(job: job, toldAt: nil, isHeld: false)
    }

    @Test func `of the finished jobs the newest are kept, of the others all`() throws {
        let database = try DatabaseQueue()
        try Migrations.all(now: 0).migrate(database)
        let open = job(.queued)
        let (count, isOpen, others) = try database.write { db in
            try JobTable.insert(open, of: 1, in: db)
            try JobTable.insert(job(.failed), of: 2, in: db)
            for _ in 0..<JobLimits.kept + 100 { try JobTable.insert(job(.completed), of: 1, in: db) }
            return (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM jobs WHERE tenant = 1"),
                try JobTable.job(open.job.id, of: 1, in: db) != nil,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM jobs WHERE tenant = 2")
            )
        }
        #expect(count == JobLimits.kept + 1 && isOpen && others == 1)
    }

    @Test func `what is asked of many jobs is looked up, not searched for`() throws {
        let database = try DatabaseQueue()
        try Migrations.all(now: 0).migrate(database)
        try database.read { db in
            for (sql, index) in [
                ("SELECT count(*) FROM jobs WHERE tenant = 1 AND status IN ('queued', 'processing')", "open_jobs"),
                (
                    "SELECT rowid FROM jobs WHERE tenant = 1 AND NOT status IN ('queued', 'processing') AND updated_at < 9",
                    "finished_jobs"
                ),
            ] {
                let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
                #expect(plan.count == 1 && plan[0].contains("INDEX \(index)"), "\(plan)")
            }
        }
    }

    @Test func `a database from before there were jobs gets them, and keeps what it has`() async throws {
        let folder = try TemporaryFolder()
        let before = try DatabaseQueue(path: folder.path("board.sqlite"))
        try Migrations.all(now: 5).migrate(before, upTo: "2: revocations, audit")
        try before.close()
        let store = try TestStore { _, now, uptime, announce in
            try SQLiteBoardStore(.file(folder.path("board.sqlite")), now: now, uptime: uptime, announce: announce)
        }
        try await store.create(#"{"name":"a task"}"#)
        try await store.write(.createJob(.random(), JobDraft(name: "a")))
        #expect(try await store.store.jobs(JobQuery(), for: .ann).items.count == 1)
        await store.close()
    }
}
