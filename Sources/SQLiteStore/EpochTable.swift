import Events
import GRDB

/// The tables `runs`, one row for each start, and `epochs`, one for each run in which a tenant was given a number.
///
/// What was numbered before a tenant's first row of `epochs` belongs to the first run.
enum EpochTable {
    /// The runs that are remembered although no tenant has a number of them: their cursors are still honoured.
    static let kept = 1000

    /// Logs a new run, and forgets old ones that gave no number that is still held.
    static func begin(_ run: Run, in db: Database) throws {
        try insert(run, in: db)
        try db.run(
            "DELETE FROM runs WHERE number > 1 AND number <= ? AND number NOT IN (SELECT run FROM epochs)",
            run.number - kept)
    }

    /// All runs in their order, one at least.
    static func runs(in db: Database) throws -> [Run] {
        let runs = try db.all("SELECT number, epoch, sum FROM runs ORDER BY number") { row in
            let reader = RowReader(row, of: "runs")
            let run = Run(number: try reader.int(0), epoch: try reader.epoch(1, from: 1))
            try reader.check(sum(of: run), against: 2)
            return run
        }
        guard runs.first?.number == 1 else { throw UnreadableRow(table: "runs", reason: "the first is missing") }
        return runs
    }

    /// Notes that the tenant's numbers above `head` are given in `run`, unless that is noted already.
    static func note(_ run: Run, after head: Int, of tenant: Int, in db: Database) throws {
        let isNoted = try db.first("SELECT 1 FROM epochs WHERE tenant = ? AND run = ?", tenant, run.number) { _ in true
        }
        guard isNoted == nil, run.number > 1 else { return }
        // The start could not log it if the disk was full.
        if try db.first("SELECT 1 FROM runs WHERE number = ?", run.number, read: { _ in true }) == nil {
            try insert(run, in: db)
        }
        try db.run(
            "INSERT INTO epochs (tenant, run, after, sum) VALUES (?, ?, ?, ?)", tenant, run.number, head,
            sum(of: run.number, after: head, of: tenant))
    }

    /// The tenant's newest spans, ``Epochs/most`` at most, in their order.
    static func spans(of tenant: Int, _ log: RunLog, in db: Database) throws -> [Epochs.Span] {
        let newest = try db.all(
            "SELECT run, after, sum FROM epochs WHERE tenant = ? ORDER BY run DESC LIMIT ?", tenant, Epochs.most
        ) { row in
            let (run, after) = try span(row, of: tenant)
            guard let epoch = log.names[run] else {
                throw UnreadableRow(table: "epochs", reason: "its run is not known")
            }
            return Epochs.Span(epoch, after: after)
        }
        return newest.reversed()
    }

    /// Deletes the spans of which no number is held any more.
    ///
    /// - Parameter oldest: the oldest number that is held; the place before it keeps its epoch.
    static func delete(before oldest: Int, of tenant: Int, in db: Database) throws {
        try db.run(
            """
            DELETE FROM epochs WHERE tenant = ? AND run < (
                SELECT max(run) FROM epochs WHERE tenant = ? AND after < ?)
            """, tenant, tenant, oldest - 1)
    }

    /// What does not fit together in them; nil when everything does.
    static func fault(in db: Database) throws -> String? {
        let strays = try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM epochs LEFT JOIN tenants ON tenants.number = tenant
                WHERE run NOT IN (SELECT number FROM runs) OR after > coalesce(head, -1)
                """)
        return strays == 0 ? nil : "an epoch begins beyond the log's end, or is of an unknown run"
    }

    /// Calls `body` for each row, with a function that reads it.
    static func forEach(in db: Database, _ body: (() throws -> Void) throws -> Void) throws {
        try db.forEach("SELECT run, after, sum, tenant FROM epochs") { row in
            try body { _ = try span(row, of: row.decode(atIndex: 3)) }
        }
    }

    private static func insert(_ run: Run, in db: Database) throws {
        try db.run(
            "INSERT INTO runs (number, epoch, sum) VALUES (?, ?, ?)", run.number, Int(run.epoch.rawValue),
            sum(of: run))
    }

    private static func span(_ row: Row, of tenant: Int) throws -> (run: Int, after: Int) {
        let reader = RowReader(row, of: "epochs")
        let (run, after) = (try reader.int(0), try reader.int(1, in: 0...RowReader.highest))
        try reader.check(sum(of: run, after: after, of: tenant), against: 2)
        return (run, after)
    }

    private static func sum(of run: Run) -> Int {
        var sum = RowSum(tenant: 0)
        sum.add(run.number)
        sum.add(Int(run.epoch.rawValue))
        return sum.value
    }

    private static func sum(of run: Int, after: Int, of tenant: Int) -> Int {
        var sum = RowSum(tenant: tenant)
        sum.add(run)
        sum.add(after)
        return sum.value
    }
}

extension RowReader {
    /// The name of an epoch.
    ///
    /// - Parameter lowest: 0 where a row may be from before epochs were logged.
    func epoch(_ index: Int, from lowest: Int = 0) throws(UnreadableRow) -> Epoch {
        Epoch(rawValue: UInt32(try int(index, in: lowest...Int(UInt32.max))))
    }
}
