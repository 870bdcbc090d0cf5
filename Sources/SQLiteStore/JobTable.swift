import Boards
import Events
import Foundation
import GRDB
import StrictJSON

/// The table `jobs`; jobs are numbered for each tenant in the order of their creation.
enum JobTable {
    static func job(_ id: JobID, of tenant: Int, in db: Database) throws -> StoredJob? {
        try db.first(
            "SELECT \(columns) FROM jobs WHERE tenant = ? AND id = ?", tenant, id.rawValue
        ) { try job($0, of: tenant) }
    }

    /// The jobs that `author` may see, newest first, as many as fit on the query's page.
    static func page(_ query: JobQuery, for author: Principal, of tenant: Int, in db: Database) throws -> JobPage {
        var page = JobPage.Gathering(query)
        let sql = """
            SELECT \(columns), number FROM jobs WHERE tenant = ? AND number < ?
                AND (? IS NULL OR board = ?) AND (? IS NULL OR status = ?)
            ORDER BY number DESC
            """
        let (board, status) = (query.board?.rawValue, query.status?.rawValue)
        let statement = try db.cachedStatement(sql: sql)
        statement.setUncheckedArguments([tenant, query.before ?? .max, board, board, status, status])
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let (creator, board) = try owner(row)
            guard author.sees(jobOf: creator, on: board) else { continue }
            let number = try RowReader(row, of: "jobs").int(17)
            guard page.takes(try job(row, of: tenant).job, number: number) else { break }
        }
        return page.page
    }

    static func open(of tenant: Int, in db: Database) throws -> Int {
        try db.first("SELECT count(*) FROM jobs WHERE tenant = ? AND \(isOpen)", tenant) { $0[0] } ?? 0
    }

    /// The unfinished jobs of every tenant. Unreadable ones are left out: no worker could report on them either.
    static func open(in db: Database) throws -> [OpenJob] {
        var jobs: [OpenJob] = []
        try db.forEach(
            """
            SELECT \(columns), (SELECT name FROM tenants WHERE tenants.number = jobs.tenant) AS name_of_tenant, tenant
            FROM jobs WHERE \(isOpen)
            """
        ) { row in
            let reader = RowReader(row, of: "jobs")
            guard let tenant = try? reader.value(17, TenantID.init),
                let job = try? job(row, of: reader.int(18))
            else { return }
            jobs.append(OpenJob(job, of: tenant))
        }
        return jobs
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT \(columns), tenant FROM jobs") { row in
            try body { _ = try job(row, of: row.decode(atIndex: 17)) }
        }
    }

    /// Inserts the job as the tenant's newest.
    static func insert(_ row: StoredJob, of tenant: Int, in db: Database) throws {
        let job = row.job
        let newest =
            try db.first(
                "SELECT coalesce(max(number), 0) AS number FROM jobs WHERE tenant = ?", tenant
            ) { try RowReader($0, of: "jobs").int(0, in: 0...RowReader.highest) } ?? 0
        let (input, result, details) = (data(job.input), data(job.result), data(job.details))
        try db.run(
            """
            INSERT INTO jobs (tenant, number, \(columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            tenant, newest + 1, job.id.rawValue, job.board?.rawValue, job.createdBy.rawValue, job.name,
            job.status.rawValue, job.progress, job.message, job.error, job.version, job.createdAt.milliseconds,
            job.updatedAt.milliseconds, row.toldAt?.milliseconds, row.isHeld, input, result, details,
            sum(of: row, input, result, details, of: tenant))
        try db.run(
            "DELETE FROM jobs WHERE tenant = ? AND number <= ? AND NOT \(isOpen)", tenant,
            newest + 1 - JobLimits.kept)
    }

    static func update(_ row: StoredJob, of tenant: Int, in db: Database) throws {
        let job = row.job
        let (result, details) = (data(job.result), data(job.details))
        try db.run(
            """
            UPDATE jobs SET status = ?, progress = ?, message = ?, error = ?, version = ?, updated_at = ?, told_at = ?,
                is_held = ?, result = ?, details = ?, sum = ?
            WHERE tenant = ? AND id = ?
            """,
            job.status.rawValue, job.progress, job.message, job.error, job.version, job.updatedAt.milliseconds,
            row.toldAt?.milliseconds, row.isHeld, result, details,
            sum(of: row, data(job.input), result, details, of: tenant), tenant, job.id.rawValue)
    }

    /// Deletes up to `count` jobs that finished before `time`.
    ///
    /// - Returns: whether there may be more.
    static func purge(before time: Timestamp, count: Int, of tenant: Int, in db: Database) throws -> Bool {
        try db.run(
            """
            DELETE FROM jobs WHERE rowid IN (
                SELECT rowid FROM jobs WHERE tenant = ? AND NOT \(isOpen) AND updated_at < ? LIMIT ?)
            """, tenant, time.milliseconds, count)
        return db.changesCount == count
    }

    /// The condition of the index `open_jobs`.
    private static let isOpen = "status IN ('queued', 'processing')"

    /// Columns that may be long come last, so that SQLite need not read them to reach the others.
    private static let columns = """
        id, board, created_by, name, status, progress, message, error, version, created_at, updated_at, told_at, \
        is_held, input, result, details, sum
        """

    private static func owner(_ row: Row) throws -> (creator: UserID, board: BoardID?) {
        let reader = RowReader(row, of: "jobs")
        return (try reader.value(2, UserID.init), try reader.valueIfAny(1, BoardID.init))
    }

    private static func job(_ row: Row, of tenant: Int) throws -> StoredJob {
        let reader = RowReader(row, of: "jobs")
        let (creator, board) = try owner(row)
        let job = Job(
            id: try reader.value(0, JobID.init), board: board, name: try reader.text(3), input: try json(row, 13),
            status: try reader.value(4, JobStatus.init(rawValue:)), progress: try reader.int(5, in: 0...100),
            message: try reader.textIfAny(6), result: try json(row, 14), error: try reader.textIfAny(7),
            details: try json(row, 15), version: try reader.int(8), createdBy: creator,
            createdAt: try reader.time(9), updatedAt: try reader.time(10))
        let stored = StoredJob(job: job, toldAt: try reader.timeIfAny(11), isHeld: try reader.bool(12))
        if !row.hasNull(atIndex: 16) {
            let sum = sum(
                of: stored, try data(row, 13), try data(row, 14), try data(row, 15), of: tenant)
            try reader.check(sum, against: 16)
        }
        return stored
    }

    /// JSON is summed as it was stored: encoding it again could change how a number is written.
    private static func sum(of row: StoredJob, _ input: Data?, _ result: Data?, _ details: Data?, of tenant: Int) -> Int
    {
        let job = row.job
        var sum = RowSum(tenant: tenant)
        sum.add(job.id.rawValue)
        sum.add(job.board?.rawValue)
        sum.add(job.createdBy.rawValue)
        sum.add(job.name)
        sum.add(job.status.rawValue)
        sum.add(job.progress)
        sum.add(job.message)
        sum.add(job.error)
        sum.add(job.version)
        sum.add(job.createdAt.milliseconds)
        sum.add(job.updatedAt.milliseconds)
        sum.add(row.toldAt?.milliseconds)
        sum.add(row.isHeld ? 1 : 0)
        for part in [input, result, details] {
            sum.add(part == nil ? 0 : 1)
            part?.withUnsafeBytes { sum.add($0) }
        }
        return sum.value
    }

    private static func data(_ row: Row, _ index: Int) throws -> Data? {
        row.hasNull(atIndex: index) ? nil : Data(try row.bytes(index))
    }

    private static func data(_ value: JSONValue?) -> Data? {
        guard let value else { return nil }
        var json = JSONWriter()
        json.value(value)
        return Data(json.bytes)
    }

    private static func json(_ row: Row, _ index: Int) throws -> JSONValue? {
        guard !row.hasNull(atIndex: index) else { return nil }
        guard let value = try? JSONParser.parse(row.bytes(index)) else {
            throw RowReader(row, of: "jobs").unreadable(index, "is not as it should be")
        }
        return value
    }
}
