import Events

/// Asks how far the logs have come that are kept here, and which run there is: what holds where notifications are late or
/// lost.
enum HeadsPoll {
    /// A tenant whose log is not where it was last known to be.
    struct Finding {
        let tenant: TenantID
        let head: Int
        /// Whether what was known is not in the log any more: the database went back to an earlier state.
        let isLost: Bool
    }

    /// Tenants in one statement.
    private static let batch = 1000

    static func ask(
        _ places: [(tenant: TenantID, place: Cursor)], _ runs: KnownRuns, on connection: Connection, by deadline: Uptime
    ) throws(PostgresError) -> [Finding] {
        var statements = [RunTable.newest]
        for start in stride(from: 0, to: places.count, by: batch) {
            statements.append(statement(places[start..<min(start + batch, places.count)]))
        }
        let known = Dictionary(places.map { ($0.tenant, $0.place) }) { first, _ in first }
        var found: [Finding] = []
        let answers = try connection.run(statements, by: deadline)
        if try answers[0].first(of: "runs", RunTable.run) != runs.newest {
            runs.replace(try RunTable.runs(connection.run([RunTable.all], by: deadline)[0]))
        }
        for rows in answers.dropFirst() {
            found += try rows.map(of: "tenants") { row throws(PostgresError) in
                let (tenant, head) = (try row.value(0, TenantID.init), try row.int(1, in: 0...RowReader.highest))
                let place = known[tenant] ?? Cursor(seq: 0, epoch: .unknown)
                let epoch = try row.epoch(2)
                return Finding(tenant: tenant, head: head, isLost: head < place.seq || epoch != place.epoch)
            }
        }
        return found
    }

    /// Gives a row for each tenant whose head is another, or whose known head has another epoch.
    private static func statement(_ places: ArraySlice<(tenant: TenantID, place: Cursor)>) -> Statement {
        Statement(
            """
            SELECT k.name, coalesce(t.head, 0), n.epoch
            FROM unnest($1::text[], $2::int8[], $3::int8[]) k(name, head, epoch)
            LEFT JOIN boardcast.tenants t ON t.name = k.name COLLATE "C"
            CROSS JOIN LATERAL (SELECT coalesce(
                (SELECT r.epoch FROM boardcast.epochs e JOIN boardcast.runs r ON r.number = e.run
                    WHERE e.tenant = t.number AND e.after < k.head ORDER BY e.tenant DESC, e.run DESC LIMIT 1),
                (SELECT epoch FROM boardcast.runs ORDER BY number LIMIT 1)) AS epoch OFFSET 0) n
            WHERE coalesce(t.head, 0) <> k.head OR n.epoch <> k.epoch
            """, .texts(places.map(\.tenant.rawValue)), .ints(places.map(\.place.seq)),
            .ints(places.map { Int($0.place.epoch.rawValue) }))
    }
}
