import Boards
import Events

/// The statements that answer a footprint of one tenant, and what their answers say. They are run in the transaction that
/// holds the tenant's row, each once it is held.
struct FactsQuery {
    let footprint: Footprint
    let tenant: Int
    private(set) var statements: [Statement] = []
    /// What to do with each statement's answer, in their order.
    private var readers: [(Rows, inout Facts) throws(PostgresError) -> Void] = []

    init(_ footprint: Footprint, of tenant: Int) {
        (self.footprint, self.tenant) = (footprint, tenant)
        askTasks()
        askJobs()
        askBoards()
        askCounts()
        askEnds()
        askGaps()
        askColumns()
        askAnswers()
    }

    /// - Parameter answers: to the statements, in their order.
    func learn(_ answers: ArraySlice<Rows>, into facts: inout Facts) throws(PostgresError) {
        for (rows, read) in zip(answers, readers) { try read(rows, &facts) }
    }

    private mutating func ask(
        _ statement: Statement, _ read: @escaping (Rows, inout Facts) throws(PostgresError) -> Void
    ) {
        statements.append(statement)
        readers.append(read)
    }

    private mutating func askTasks() {
        guard !footprint.tasks.isEmpty else { return }
        let sql = "SELECT \(TaskTable.columns) FROM boardcast.tasks WHERE tenant = $1 AND id = ANY($2)"
        ask(Statement(sql, .int(tenant), .ints(Array(footprint.tasks)))) { rows, facts throws(PostgresError) in
            for row in 0..<rows.count { facts.learn(try TaskTable.task(rows.reader(row, of: "tasks"))) }
        }
    }

    private mutating func askJobs() {
        if !footprint.jobs.isEmpty {
            let sql = "SELECT \(JobTable.columns) FROM boardcast.jobs WHERE tenant = $1 AND id = ANY($2)"
            let ids = footprint.jobs.map(\.rawValue)
            ask(Statement(sql, .int(tenant), .texts(ids))) { rows, facts throws(PostgresError) in
                for row in 0..<rows.count {
                    let job = try JobTable.job(rows.reader(row, of: "jobs"))
                    facts.learn(job.row, number: job.number)
                }
            }
        }
        guard footprint.countsJobs else { return }
        let sql = """
            SELECT (SELECT count(*) FROM boardcast.jobs WHERE tenant = $1 AND \(JobTable.isOpen)),
                coalesce((SELECT max(number) FROM boardcast.jobs WHERE tenant = $1), 0)
            """
        ask(Statement(sql, .int(tenant))) { rows, facts throws(PostgresError) in
            let row = rows.reader(0, of: "jobs")
            facts.learn(
                openJobs: try row.int(0, in: 0...RowReader.highest), newest: try row.int(1, in: 0...RowReader.highest))
        }
    }

    /// Those that are named, and those that the tasks and jobs are on; also the numbers of boards that are no more.
    private mutating func askBoards() {
        guard !footprint.boards.isEmpty || !footprint.tasks.isEmpty || !footprint.jobs.isEmpty else { return }
        var values: [SQLValue] = [.int(tenant), .texts(footprint.boards.map(\.rawValue))]
        var named = "SELECT unnest($2::text[])"
        if !footprint.tasks.isEmpty {
            values.append(.ints(Array(footprint.tasks)))
            named += " UNION SELECT board FROM boardcast.tasks WHERE tenant = $1 AND id = ANY($\(values.count)::int8[])"
        }
        if !footprint.jobs.isEmpty {
            values.append(.texts(footprint.jobs.map(\.rawValue)))
            named += " UNION SELECT board FROM boardcast.jobs WHERE tenant = $1 AND id = ANY($\(values.count)::text[])"
        }
        let columns = BoardTable.columns.split(separator: ", ").map { "b.\($0)" }.joined(separator: ", ")
        let sql = """
            SELECT \(columns), n.id, coalesce(h.head, 0) FROM (\(named)) n(id)
            LEFT JOIN boardcast.boards b ON b.tenant = $1 AND b.id = n.id
            LEFT JOIN boardcast.board_heads h ON h.tenant = $1 AND h.board = n.id WHERE n.id IS NOT NULL
            """
        ask(Statement(sql, values)) { rows, facts throws(PostgresError) in
            for row in 0..<rows.count {
                let reader = rows.reader(row, of: "boards")
                let board = rows.isNull(row, 0) ? nil : try BoardTable.board(reader)
                let head = try reader.int(8, in: 0...RowReader.highest)
                facts.learn(board, try reader.value(7, BoardID.init), head: head)
            }
        }
    }

    private mutating func askCounts() {
        for board in footprint.counts {
            let sql = "SELECT status, count(*) FROM boardcast.tasks WHERE tenant = $1 AND board = $2 GROUP BY status"
            ask(Statement(sql, .int(tenant), .text(board.rawValue))) { rows, facts throws(PostgresError) in
                var counts: [String: Int] = [:]
                for row in 0..<rows.count {
                    let reader = rows.reader(row, of: "tasks")
                    counts[try reader.text(0)] = try reader.int(1)
                }
                facts.learn(counts, on: board)
            }
        }
    }

    /// The ends of columns; the column is numbered, since it may be that of a board's first status or of a task's board.
    private mutating func askEnds() {
        let depth = footprint.depth
        let last = """
            LEFT JOIN LATERAL (
                SELECT rank, id FROM boardcast.tasks t WHERE t.tenant = $1 AND t.board = c.board AND t.status = c.status
                ORDER BY t.board DESC, t.status DESC, t.rank DESC, t.id DESC LIMIT $2) e ON true
            """
        let ends = Array(footprint.ends)
        if !ends.isEmpty {
            let sql = """
                SELECT c.n, e.rank, e.id FROM (
                    SELECT q.n, b.id AS board, coalesce(q.status, b.first_status) AS status
                    FROM unnest($3::text[], $4::text[]) WITH ORDINALITY q(board, status, n)
                    JOIN boardcast.boards b ON b.tenant = $1 AND b.id = q.board) c \(last)
                """
            let statement = Statement(
                sql, .int(tenant), .int(depth), .texts(ends.map(\.board.rawValue)), .texts(ends.map(\.status)))
            ask(statement) { rows, facts throws(PostgresError) in
                try Self.learnEnds(rows, ends.map { [facts] in facts.column($0) }, depth, &facts)
            }
        }
        let others = Array(footprint.taskEnds)
        guard !others.isEmpty else { return }
        let sql = """
            SELECT c.n, e.rank, e.id FROM (
                SELECT q.n, o.board, q.status FROM unnest($3::int8[], $4::text[]) WITH ORDINALITY q(task, status, n)
                \(Self.board(of: "q.task"))) c \(last)
            """
        let statement = Statement(
            sql, .int(tenant), .int(depth), .ints(others.map(\.task)), .texts(others.map(\.status)))
        ask(statement) { rows, facts throws(PostgresError) in
            try Self.learnEnds(rows, others.map { [facts] in facts.column(of: $0.task, $0.status) }, depth, &facts)
        }
    }

    /// The board of a task. With `OFFSET` it is looked up, whatever PostgreSQL takes the sizes of the tables for.
    private static func board(of task: String) -> String {
        "CROSS JOIN LATERAL (SELECT board FROM boardcast.tasks WHERE tenant = $1 AND id = \(task) OFFSET 0) o"
    }

    private static func learnEnds(
        _ rows: Rows, _ columns: [BoardColumn?], _ depth: Int, _ facts: inout Facts
    ) throws(PostgresError) {
        let found = try places(rows, columns.count)
        for (column, places) in zip(columns, found) {
            if let column, let places { facts.learn(places, atEndOf: column, depth: depth) }
        }
    }

    private mutating func askGaps() {
        let (gaps, depth) = (Array(footprint.gaps), footprint.depth)
        guard !gaps.isEmpty else { return }
        let sql = """
            SELECT c.n, e.rank, e.id FROM (
                SELECT q.n, o.board, q.status, coalesce(a.rank, '') AS rank
                FROM unnest($3::int8[], $4::text[], $5::int8[]) WITH ORDINALITY q(task, status, after, n)
                \(Self.board(of: "q.task"))
                LEFT JOIN LATERAL (
                    SELECT rank FROM boardcast.tasks WHERE tenant = $1 AND id = q.after OFFSET 0) a ON true) c
            LEFT JOIN LATERAL (
                SELECT rank, id FROM boardcast.tasks t WHERE t.tenant = $1 AND t.board = c.board AND t.status = c.status
                    AND t.rank > c.rank
                ORDER BY t.board, t.status, t.rank, t.id LIMIT $2) e ON true
            """
        let statement = Statement(
            sql, .int(tenant), .int(depth), .ints(gaps.map(\.task)), .texts(gaps.map(\.status)),
            .ints(gaps.map(\.after)))
        ask(statement) { rows, facts throws(PostgresError) in
            let found = try Self.places(rows, gaps.count)
            for (gap, places) in zip(gaps, found) {
                guard let places, let column = facts.column(of: gap.task, gap.status) else { continue }
                let rank = gap.after.flatMap { [facts] in facts.rank(of: $0) }
                facts.learn(places, of: column, after: rank, depth: depth)
            }
        }
    }

    /// Rows of a question's number, rank and id, by question; nil for one without any row.
    private static func places(_ rows: Rows, _ count: Int) throws(PostgresError) -> [[(rank: Rank, id: Int)]?] {
        var found = [[(rank: Rank, id: Int)]?](repeating: nil, count: count)
        for row in 0..<rows.count {
            let reader = rows.reader(row, of: "tasks")
            let question = try reader.int(0, in: 1...count) - 1
            var places = found[question] ?? []
            if !rows.isNull(row, 2) { places.append((rank: try reader.value(1, Rank.init), id: try reader.int(2))) }
            found[question] = places
        }
        return found
    }

    private mutating func askColumns() {
        for column in footprint.columns {
            let sql = """
                SELECT \(TaskTable.columns) FROM boardcast.tasks WHERE tenant = $1 AND board = $2 AND status = $3
                ORDER BY board, status, rank, id
                """
            ask(Statement(sql, .int(tenant), .text(column.board.rawValue), .text(column.status))) {
                rows, facts throws(PostgresError) in
                facts.learn(try rows.map(of: "tasks", TaskTable.task), of: column)
            }
        }
    }

    private mutating func askAnswers() {
        guard !footprint.answers.isEmpty else { return }
        let names = Array(footprint.answers)
        let sql = """
            SELECT a.* FROM unnest($2::text[], $3::text[]) q(u, k) CROSS JOIN LATERAL (
                SELECT "user", key, fingerprint, at, answer FROM boardcast.answers
                WHERE tenant = $1 AND "user" = q.u AND key = q.k OFFSET 0) a
            """
        ask(Statement(sql, .int(tenant), .texts(names.map(\.user.rawValue)), .texts(names.map(\.text)))) {
            rows, facts throws(PostgresError) in
            for row in 0..<rows.count {
                let reader = rows.reader(row, of: "answers")
                let name = Footprint.AnswerName(user: try reader.value(0, UserID.init), key: try reader.text(1))
                let answer = Answer(
                    fingerprint: try reader.bytes(2), at: try reader.time(3), commit: try reader.bytes(4))
                facts.learn(answer, to: name)
            }
        }
    }
}
