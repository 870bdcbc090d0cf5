import Events

/// The tables, in the schema `boardcast`, and how they are brought up to date, step by step. A step that was released is
/// never changed.
///
/// Times are milliseconds since 1970. Texts are compared by bytes. `tenant` is `tenants.number`, save where it is a text: who
/// never wrote has no number, but can be administered. Counters change with each write, so their pages keep room to do it
/// in place.
enum Schema {
    /// The lock under which schemas are made: `BCST` in ASCII, a number of ours alone.
    private static let lock = 0x4243_5354
    private static let steps = [first, nodes]

    /// Makes the tables, or brings them up to date. Nodes that start together wait for each other.
    ///
    /// - Throws: ``PostgresError/newer(place:schema:known:)``, and ``PostgresError/unsuitable(reason:)`` for a server that is
    ///   too old, a replica, or in another encoding.
    static func prepare(_ connection: Connection, place: String, now: Timestamp, by deadline: Uptime)
        throws(PostgresError)
    {
        try require(connection)
        try connection.run(
            [
                Statement("BEGIN"), Statement("SELECT pg_advisory_xact_lock($1)", .int(lock)),
                Statement("CREATE SCHEMA IF NOT EXISTS boardcast"),
                Statement(
                    "CREATE TABLE IF NOT EXISTS boardcast.meta (name TEXT COLLATE \"C\" PRIMARY KEY, value BIGINT NOT NULL)"
                ),
            ], by: deadline)
        let version = try version(connection, place: place, by: deadline)
        var statements = steps[version...].flatMap { $0 }.map { Statement($0) }
        statements.append(
            Statement(
                """
                INSERT INTO boardcast.meta (name, value) VALUES ('schema', $1), ('beginning', $2)
                ON CONFLICT (name) DO UPDATE SET value = CASE excluded.name WHEN 'schema' THEN excluded.value ELSE meta.value END
                """, .int(steps.count), .int(now.milliseconds)))
        try connection.run(statements + [Statement("COMMIT")], by: deadline)
    }

    /// - Throws: ``PostgresError/unsuitable(reason:)``.
    static func require(_ connection: Connection) throws(PostgresError) {
        guard connection.serverVersion >= 150_000 else {
            throw .unsuitable(reason: "it is version \(connection.serverVersion / 10_000); 15 or later is needed")
        }
        guard connection.parameter("in_hot_standby") != "on" else {
            throw .unsuitable(reason: "it is a replica, which can't be written to")
        }
        let encoding = connection.parameter("server_encoding") ?? "unknown"
        guard encoding == "UTF8" else {
            throw .unsuitable(reason: "the database's encoding is \(encoding), not UTF8")
        }
    }

    /// The number of steps that were made; 0 before the first.
    static func version(_ connection: Connection, place: String, by deadline: Uptime) throws(PostgresError) -> Int {
        let found = try connection.run(
            [Statement("SELECT value FROM boardcast.meta WHERE name = 'schema'")], by: deadline)
        let version = try found[0].first(of: "meta") { row throws(PostgresError) in try row.int(0) } ?? 0
        guard version <= steps.count else { throw .newer(place: place, schema: version, known: steps.count) }
        return version
    }

    /// Sees to it that there is a run of the log that lasts; in a database that was just made it is the first.
    ///
    /// - Returns: the runs, in their order.
    static func begin(_ connection: Connection, by deadline: Uptime) throws(PostgresError) -> [Run] {
        try connection.run([Statement("BEGIN")], by: deadline)
        _ = try RunTable.begin(on: connection, by: deadline)
        return try RunTable.runs(connection.run([RunTable.all, Statement("COMMIT")], by: deadline)[0])
    }

    private static let first = [
        """
        CREATE TABLE boardcast.tenants (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name TEXT COLLATE "C" NOT NULL UNIQUE,
            head BIGINT NOT NULL DEFAULT 0,
            oldest BIGINT NOT NULL DEFAULT 1,
            last_task BIGINT NOT NULL DEFAULT 0
        ) WITH (fillfactor = 20)
        """,
        """
        CREATE TABLE boardcast.boards (
            tenant BIGINT NOT NULL,
            id TEXT COLLATE "C" NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            first_status TEXT COLLATE "C" NOT NULL,
            columns TEXT COLLATE "C" NOT NULL,
            version BIGINT NOT NULL,
            epoch BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (tenant, id)
        )
        """,
        """
        CREATE TABLE boardcast.board_heads (
            tenant BIGINT NOT NULL,
            board TEXT COLLATE "C" NOT NULL,
            head BIGINT NOT NULL,
            PRIMARY KEY (tenant, board)
        ) WITH (fillfactor = 20)
        """,
        """
        CREATE TABLE boardcast.tasks (
            tenant BIGINT NOT NULL,
            id BIGINT NOT NULL,
            board TEXT COLLATE "C" NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            description TEXT COLLATE "C" NOT NULL,
            status TEXT COLLATE "C" NOT NULL,
            priority TEXT COLLATE "C" NOT NULL,
            assignee TEXT COLLATE "C",
            labels TEXT COLLATE "C" NOT NULL,
            due_at BIGINT,
            rank TEXT COLLATE "C" NOT NULL,
            version BIGINT NOT NULL,
            epoch BIGINT NOT NULL,
            created_by TEXT COLLATE "C" NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (tenant, id)
        )
        """,
        "CREATE INDEX tasks_in_column ON boardcast.tasks (tenant, board, status, rank, id)",
        "CREATE INDEX tasks_of_assignee ON boardcast.tasks (tenant, assignee, id) WHERE assignee IS NOT NULL",
        """
        CREATE TABLE boardcast.events (
            tenant BIGINT NOT NULL,
            seq BIGINT NOT NULL,
            board TEXT COLLATE "C",
            "user" TEXT COLLATE "C",
            type TEXT COLLATE "C" NOT NULL,
            at BIGINT NOT NULL,
            json BYTEA NOT NULL,
            PRIMARY KEY (tenant, seq)
        )
        """,
        """
        CREATE TABLE boardcast.answers (
            tenant BIGINT NOT NULL,
            "user" TEXT COLLATE "C" NOT NULL,
            key TEXT COLLATE "C" NOT NULL,
            fingerprint BYTEA NOT NULL,
            at BIGINT NOT NULL,
            answer BYTEA NOT NULL,
            PRIMARY KEY (tenant, "user", key)
        )
        """,
        "CREATE INDEX answers_by_time ON boardcast.answers (at)",
        """
        CREATE TABLE boardcast.jobs (
            tenant BIGINT NOT NULL,
            number BIGINT NOT NULL,
            id TEXT COLLATE "C" NOT NULL,
            board TEXT COLLATE "C",
            name TEXT COLLATE "C" NOT NULL,
            status TEXT COLLATE "C" NOT NULL,
            progress BIGINT NOT NULL,
            message TEXT COLLATE "C",
            error TEXT COLLATE "C",
            version BIGINT NOT NULL,
            created_by TEXT COLLATE "C" NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            told_at BIGINT,
            is_held BIGINT NOT NULL,
            input BYTEA,
            result BYTEA,
            details BYTEA,
            PRIMARY KEY (tenant, number),
            UNIQUE (tenant, id)
        )
        """,
        "CREATE INDEX open_jobs ON boardcast.jobs (tenant, number) WHERE status IN ('queued', 'processing')",
        "CREATE INDEX finished_jobs ON boardcast.jobs (tenant, updated_at) WHERE status NOT IN ('queued', 'processing')",
        """
        CREATE TABLE boardcast.revocations (
            tenant TEXT COLLATE "C" NOT NULL,
            id BIGINT NOT NULL,
            token_id TEXT COLLATE "C",
            subject TEXT COLLATE "C",
            issued_before BIGINT,
            reason TEXT COLLATE "C",
            created_by TEXT COLLATE "C" NOT NULL,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (tenant, id),
            CHECK (num_nonnulls(token_id, subject, issued_before) = 1)
        )
        """,
        """
        CREATE TABLE boardcast.audit (
            tenant TEXT COLLATE "C" NOT NULL,
            id BIGINT NOT NULL,
            act TEXT COLLATE "C" NOT NULL,
            subject TEXT COLLATE "C" NOT NULL,
            detail TEXT COLLATE "C" NOT NULL,
            actor TEXT COLLATE "C" NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (tenant, id)
        )
        """,
        // Of each tenant's administrators, the numbers that were given last: also of what is deleted.
        """
        CREATE TABLE boardcast.admin_heads (
            tenant TEXT COLLATE "C" PRIMARY KEY,
            revocation BIGINT NOT NULL DEFAULT 0,
            entry BIGINT NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE boardcast.runs (
            number BIGINT PRIMARY KEY,
            epoch BIGINT NOT NULL UNIQUE,
            server BIGINT NOT NULL,
            database BIGINT NOT NULL,
            written_in BIGINT NOT NULL
        )
        """,
        """
        CREATE TABLE boardcast.epochs (
            tenant BIGINT NOT NULL,
            run BIGINT NOT NULL,
            after BIGINT NOT NULL,
            PRIMARY KEY (tenant, run)
        )
        """,
    ]
}
