import Events

/// One run of the log: what is numbered in it has its epoch.
///
/// It lasts as long as the database's server runs, and the tables are those in which it was begun. Between two runs a replica
/// may have taken over that had not got everything, or a copy was put back; in one, nothing that was committed can be lost,
/// however many nodes come and go.
struct Run: Sendable, Equatable {
    /// Higher than that of every run before it.
    let number: Int
    let epoch: Epoch
}

/// The tables `runs`, and `epochs`, which has a row for each run in which a tenant was given a number.
///
/// What was numbered before a tenant's first row of `epochs` belongs to the first run.
enum RunTable {
    /// The runs that are remembered although no tenant has a number of them: their cursors are still honoured.
    static let kept = 1000

    static let all = Statement("SELECT number, epoch FROM boardcast.runs ORDER BY number")
    static let newest = Statement("SELECT number, epoch FROM boardcast.runs ORDER BY number DESC LIMIT 1")

    /// The newest run, and 1 if it still lasts.
    ///
    /// Each server has another beginning, each database of it another number, and rows that were copied as such were written
    /// by another transaction than the one they name.
    static let newestIfLasting = Statement(
        """
        SELECT number, epoch, (server = \(server) AND database = \(database)
            AND written_in % 4294967296 = xmin::text::int8)::int::int8
        FROM boardcast.runs ORDER BY number DESC LIMIT 1
        """)

    private static let server = "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::int8"
    private static let database = "(SELECT oid::int8 FROM pg_database WHERE datname = current_database())"
    /// The lock under which runs are begun: `BCST` in ASCII, and two.
    private static let lock = 0x4243_5356

    /// The run in which numbers are given: the newest, or in the open transaction one that begins with it.
    ///
    /// Nodes that find together that the newest has ended wait for each other.
    static func begin(on connection: Connection, by deadline: Uptime) throws(PostgresError) -> Run {
        let found = try connection.run(
            [Statement("SELECT pg_advisory_xact_lock($1)", .int(lock)), newestIfLasting], by: deadline)[1]
        if let (newest, isLasting) = try newest(in: found), isLasting { return newest }
        let runs = try self.runs(connection.run([all], by: deadline)[0])
        let known = Set(runs.map(\.epoch))
        var epoch = Epoch.random()
        while known.contains(epoch) { epoch = .random() }
        let run = Run(number: (runs.last?.number ?? 0) + 1, epoch: epoch)
        try connection.run([insert(run), forget(before: run)], by: deadline)
        return run
    }

    /// What ``newestIfLasting`` says.
    static func newest(in rows: Rows) throws(PostgresError) -> (Run, isLasting: Bool)? {
        try rows.first(of: "runs") { row throws(PostgresError) in
            (try run(row), isLasting: try row.int(2, in: 0...1) == 1)
        }
    }

    static func runs(_ rows: Rows) throws(PostgresError) -> [Run] { try rows.map(of: "runs", run) }

    static func insert(_ run: Run) -> Statement {
        Statement(
            """
            INSERT INTO boardcast.runs (number, epoch, server, database, written_in)
            VALUES ($1, $2, \(server), \(database), pg_current_xact_id()::text::int8)
            """, .int(run.number), .int(Int(run.epoch.rawValue)))
    }

    /// Forgets old runs that gave no number that is still held.
    static func forget(before run: Run) -> Statement {
        Statement(
            """
            DELETE FROM boardcast.runs WHERE number > 1 AND number <= $1
                AND NOT EXISTS (SELECT 1 FROM boardcast.epochs WHERE run = runs.number)
            """, .int(run.number - kept))
    }

    /// Notes that the tenants' numbers above these are given in `run`, unless it is noted already.
    static func note(_ run: Run, _ heads: [(tenant: Int, head: Int)]) -> Statement {
        Statement(
            """
            INSERT INTO boardcast.epochs (tenant, run, after) SELECT t, $1, h FROM unnest($2::int8[], $3::int8[]) c(t, h)
            ON CONFLICT DO NOTHING
            """, .int(run.number), .ints(heads.map(\.tenant)), .ints(heads.map(\.head)))
    }

    /// The tenant's newest spans, newest first.
    static func spans(of tenant: String) -> Statement {
        Statement(
            """
            SELECT run, after FROM boardcast.epochs
            WHERE tenant = (SELECT number FROM boardcast.tenants WHERE name = $1) ORDER BY run DESC LIMIT $2
            """, .text(tenant), .int(Epochs.most))
    }

    /// Deletes the spans of which no number is held any more; the place before the oldest keeps its epoch.
    static func delete(before oldest: Int, of tenant: Int) -> Statement {
        Statement(
            """
            DELETE FROM boardcast.epochs WHERE tenant = $1 AND run < (
                SELECT max(run) FROM boardcast.epochs WHERE tenant = $1 AND after < $2)
            """, .int(tenant), .int(oldest - 1))
    }

    static func run(_ row: RowReader) throws(PostgresError) -> Run {
        Run(number: try row.int(0), epoch: try row.epoch(1, from: 1))
    }
}
