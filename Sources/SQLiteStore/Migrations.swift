import Events
import GRDB

/// The schema, step by step. A step that was released is never changed.
///
/// `tenant` in the tables of the first step is `tenants.number`. Times are milliseconds since 1970. Texts never hold
/// U+0000, and are compared by bytes.
enum Migrations {
    /// `BCST`, in the file's header: identifies our databases.
    static let applicationID = 0x4243_5354

    /// - Parameter now: kept as the beginning of a new database.
    static func all(now: Timestamp) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: boards, tasks, events") { db in
            try db.execute(sql: firstSchema)
            try db.execute(
                sql: "INSERT INTO meta (name, value) VALUES ('epoch', ?), ('beginning', ?)",
                arguments: [Int(Epoch.random().rawValue), now.milliseconds])
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        migrator.registerMigration("2: revocations, audit") { db in try db.execute(sql: administration) }
        migrator.registerMigration("3: jobs") { db in try db.execute(sql: jobs) }
        migrator.registerMigration("4: checksums") { db in
            for table in summed { try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN sum INTEGER") }
        }
        migrator.registerMigration("5: epochs") { db in
            try db.execute(sql: epochs)
            try db.execute(sql: "INSERT INTO runs (number, epoch) SELECT 1, value FROM meta WHERE name = 'epoch'")
        }
        migrator.registerMigration("6: columns") { db in
            // Null in boards that were not changed since: their columns have the names that their statuses give.
            try db.execute(sql: "ALTER TABLE boards ADD COLUMN columns TEXT")
        }
        return migrator
    }

    /// Tables whose rows have a ``RowSum``; nil in those that are older.
    private static let summed = [
        "tenants", "boards", "board_heads", "tasks", "events", "answers", "revocations", "audit", "jobs",
    ]

    /// Rows that can be long lie in tables with a rowid: long ones would spoil a `WITHOUT ROWID` tree, where they
    /// stand in its inner pages too. `answers` are written in the order of time, and so expire in rowid order.
    private static let firstSchema = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE tenants (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            head INTEGER NOT NULL,
            oldest INTEGER NOT NULL,
            last_task INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE boards (
            tenant INTEGER NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            statuses TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE board_heads (
            tenant INTEGER NOT NULL,
            board TEXT NOT NULL,
            head INTEGER NOT NULL,
            PRIMARY KEY (tenant, board)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE tasks (
            tenant INTEGER NOT NULL,
            id INTEGER NOT NULL,
            board TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            status TEXT NOT NULL,
            priority TEXT NOT NULL,
            assignee TEXT,
            labels TEXT NOT NULL,
            due_at INTEGER,
            rank TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) STRICT;
        CREATE INDEX tasks_in_column ON tasks (tenant, board, status, rank, id);
        CREATE INDEX tasks_of_assignee ON tasks (tenant, assignee, id) WHERE assignee IS NOT NULL;

        CREATE TABLE events (
            tenant INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            board TEXT,
            user TEXT,
            type TEXT NOT NULL,
            at INTEGER NOT NULL,
            json BLOB NOT NULL,
            PRIMARY KEY (tenant, seq)
        ) STRICT;

        CREATE TABLE answers (
            tenant INTEGER NOT NULL,
            user TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            at INTEGER NOT NULL,
            answer BLOB NOT NULL,
            UNIQUE (tenant, user, key)
        ) STRICT;
        """

    /// These tables refer to tenants by name: a tenant that never wrote has no number, but its administrators can act.
    private static let administration = """
        CREATE TABLE revocations (
            tenant TEXT NOT NULL,
            id INTEGER NOT NULL,
            token_id TEXT,
            subject TEXT,
            issued_before INTEGER,
            reason TEXT,
            created_by TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, id),
            CHECK ((token_id IS NOT NULL) + (subject IS NOT NULL) + (issued_before IS NOT NULL) = 1)
        ) STRICT;
        CREATE INDEX revoked_tokens ON revocations (tenant, token_id) WHERE token_id IS NOT NULL;
        CREATE INDEX revoked_subjects ON revocations (tenant, subject) WHERE subject IS NOT NULL;

        CREATE TABLE audit (
            tenant TEXT NOT NULL,
            id INTEGER NOT NULL,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL,
            actor TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (tenant, id)
        ) STRICT;
        """

    /// The first run of a database from before there were runs has the epoch of its making, and all that it numbered.
    /// `epoch` is 0 in rows that were not changed since.
    private static let epochs = """
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL UNIQUE,
            sum INTEGER
        ) STRICT;

        CREATE TABLE epochs (
            tenant INTEGER NOT NULL,
            run INTEGER NOT NULL,
            after INTEGER NOT NULL,
            sum INTEGER,
            PRIMARY KEY (tenant, run)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE boards ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
        """

    /// Columns that may be long come last, so that the others are read without them.
    private static let jobs = """
        CREATE TABLE jobs (
            tenant INTEGER NOT NULL,
            number INTEGER NOT NULL,
            id TEXT NOT NULL,
            board TEXT,
            name TEXT NOT NULL,
            status TEXT NOT NULL,
            progress INTEGER NOT NULL,
            message TEXT,
            error TEXT,
            version INTEGER NOT NULL,
            created_by TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            told_at INTEGER,
            is_held INTEGER NOT NULL,
            input BLOB,
            result BLOB,
            details BLOB,
            PRIMARY KEY (tenant, number),
            UNIQUE (tenant, id)
        ) STRICT;
        CREATE INDEX open_jobs ON jobs (tenant) WHERE status IN ('queued', 'processing');
        CREATE INDEX finished_jobs ON jobs (tenant, updated_at) WHERE NOT status IN ('queued', 'processing');
        """
}
