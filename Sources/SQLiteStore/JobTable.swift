import Boards
import Events
import Foundation
import GRDB
import StrictJSON

/// `jobs`, numbered for each tenant in the order in which they were made.
enum JobTable {
    static func job(_ id: JobID, of tenant: Int, in db: Database) throws -> StoredJob? {
        try db.first(
            "SELECT \(columns) FROM jobs WHERE tenant = ? AND id = ?", tenant, id.rawValue, read: job)
    }

    /// Those that `author` sees, newest first, as many as the query's page takes.
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
            guard page.takes(try job(row).job, number: row["number"]) else { break }
        }
        return page.page
    }

    static func open(of tenant: Int, in db: Database) throws -> Int {
        try db.first("SELECT count(*) FROM jobs WHERE tenant = ? AND \(isOpen)", tenant) { $0[0] } ?? 0
    }

    /// Of every tenant.
    static func open(in db: Database) throws -> [OpenJob] {
        try db.all(
            """
            SELECT \(columns), (SELECT name FROM tenants WHERE tenants.number = jobs.tenant) AS tenant_name FROM jobs
            WHERE \(isOpen)
            """
        ) { row in
            guard let tenant = TenantID(row["tenant_name"]) else { throw UnreadableRow(table: "tenants") }
            return OpenJob(try job(row), of: tenant)
        }
    }

    /// As the tenant's newest.
    static func insert(_ row: StoredJob, of tenant: Int, in db: Database) throws {
        let job = row.job
        let newest =
            try db.first(
                "SELECT coalesce(max(number), 0) FROM jobs WHERE tenant = ?", tenant
            ) { $0[0] as Int } ?? 0
        try db.run(
            """
            INSERT INTO jobs (tenant, number, \(columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            tenant, newest + 1, job.id.rawValue, job.board?.rawValue, job.createdBy.rawValue, job.name,
            job.status.rawValue, job.progress, job.message, job.error, job.version, job.createdAt.milliseconds,
            job.updatedAt.milliseconds, row.toldAt?.milliseconds, row.isHeld, data(job.input), data(job.result),
            data(job.details))
        try db.run(
            "DELETE FROM jobs WHERE tenant = ? AND number <= ? AND NOT \(isOpen)", tenant,
            newest + 1 - JobLimits.kept)
    }

    static func update(_ row: StoredJob, of tenant: Int, in db: Database) throws {
        let job = row.job
        try db.run(
            """
            UPDATE jobs SET status = ?, progress = ?, message = ?, error = ?, version = ?, updated_at = ?, told_at = ?,
                is_held = ?, result = ?, details = ?
            WHERE tenant = ? AND id = ?
            """,
            job.status.rawValue, job.progress, job.message, job.error, job.version, job.updatedAt.milliseconds,
            row.toldAt?.milliseconds, row.isHeld, data(job.result), data(job.details), tenant, job.id.rawValue)
    }

    /// Removes `count` of those that finished before `time`.
    ///
    /// - Returns: whether there may be more.
    static func purge(before time: Int, count: Int, of tenant: Int, in db: Database) throws -> Bool {
        try db.run(
            """
            DELETE FROM jobs WHERE rowid IN (
                SELECT rowid FROM jobs WHERE tenant = ? AND NOT \(isOpen) AND updated_at < ? LIMIT ?)
            """, tenant, time, count)
        return db.changesCount == count
    }

    /// As the index `open_jobs` has it.
    private static let isOpen = "status IN ('queued', 'processing')"

    /// What may be long comes last, so that whoever reads the rest need not walk through it.
    private static let columns = """
        id, board, created_by, name, status, progress, message, error, version, created_at, updated_at, told_at, \
        is_held, input, result, details
        """

    private static func owner(_ row: Row) throws -> (creator: UserID, board: BoardID?) {
        let board: String? = row[1]
        guard let creator = UserID(row[2]), board == nil || board.flatMap(BoardID.init) != nil else {
            throw UnreadableRow(table: "jobs")
        }
        return (creator, board.flatMap(BoardID.init))
    }

    private static func job(_ row: Row) throws -> StoredJob {
        let (creator, board) = try owner(row)
        guard let id = JobID(row[0]), let status = JobStatus(rawValue: row[4]) else {
            throw UnreadableRow(table: "jobs")
        }
        let toldAt: Int? = row[11]
        let job = Job(
            id: id, board: board, name: row[3], input: try json(row, 13), status: status, progress: row[5],
            message: row[6], result: try json(row, 14), error: row[7], details: try json(row, 15), version: row[8],
            createdBy: creator, createdAt: Timestamp(milliseconds: row[9]),
            updatedAt: Timestamp(milliseconds: row[10]))
        return StoredJob(job: job, toldAt: toldAt.map(Timestamp.init(milliseconds:)), isHeld: row[12])
    }

    private static func data(_ value: JSONValue?) -> Data? {
        guard let value else { return nil }
        var json = JSONWriter()
        json.value(value)
        return Data(json.bytes)
    }

    private static func json(_ row: Row, _ index: Int) throws -> JSONValue? {
        guard !row.hasNull(atIndex: index) else { return nil }
        guard let value = try? JSONParser.parse(row.bytes(index)) else { throw UnreadableRow(table: "jobs") }
        return value
    }
}
