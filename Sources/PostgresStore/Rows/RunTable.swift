import Events

/// One run of the log: what is numbered in it has its epoch.
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

    static func runs(_ rows: Rows) throws(PostgresError) -> [Run] { try rows.map(of: "runs", run) }

    static func insert(_ run: Run) -> Statement {
        Statement(
            "INSERT INTO boardcast.runs (number, epoch) VALUES ($1, $2)", .int(run.number),
            .int(Int(run.epoch.rawValue)))
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
