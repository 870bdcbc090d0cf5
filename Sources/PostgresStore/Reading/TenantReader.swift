import Boards
import Events

/// One tenant inside a transaction that reads: everything it is asked is true at one moment.
struct TenantReader {
    let tenant: TenantID
    /// Nil for a tenant that never wrote: it has only the board `main`.
    let number: Int?
    let bounds: LogBounds
    private let connection: Connection
    private let beginning: Timestamp
    let deadline: Uptime

    /// What a store knows, and each reading needs.
    struct Context: Sendable {
        let beginning: Timestamp
        let runs: KnownRuns
        let retention: PerTenant<Retention>
        let answerTime: Duration
    }

    /// Runs `body` in a transaction, and ends that whatever becomes of it.
    ///
    /// - Parameter last: statements that are run in the same round trip as the transaction's beginning.
    static func read<Value>(
        _ tenant: TenantID, _ context: Context, on connection: Connection, asking first: [Statement] = [],
        _ body: (TenantReader, ArraySlice<Rows>) throws -> Value
    ) throws -> Value {
        let deadline = Uptime.now() + context.answerTime
        let answers = try connection.run(
            [
                Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                Statement("SELECT number, head, oldest FROM boardcast.tenants WHERE name = $1", .text(tenant.rawValue)),
                RunTable.newest, RunTable.spans(of: tenant.rawValue),
            ] + first, by: deadline)
        let result = Result {
            try body(
                TenantReader(tenant, context, answers, on: connection, by: deadline), answers[4...])
        }
        if !connection.isBroken { try connection.run([Statement("COMMIT")], by: .now() + context.answerTime) }
        return try result.get()
    }

    private init(
        _ tenant: TenantID, _ context: Context, _ answers: [Rows], on connection: Connection, by deadline: Uptime
    ) throws(PostgresError) {
        (self.tenant, self.connection, self.deadline, beginning) = (tenant, connection, deadline, context.beginning)
        let row = try answers[1].first(of: "tenants") { row throws(PostgresError) in
            (number: try row.int(0), head: try row.int(1, in: 0...RowReader.highest), oldest: try row.int(2))
        }
        number = row?.number
        guard let newest = try answers[2].first(of: "runs", RunTable.run) else { throw .unreadable(table: "runs") }
        let spans = try answers[3].map(of: "epochs") { row throws(PostgresError) in
            (run: try row.int(0), after: try row.int(1, in: 0...RowReader.highest))
        }
        var runs = context.runs.all
        if newest != runs[runs.count - 1]
            || !spans.allSatisfy({ span in runs.contains { $0.number == span.run } })
        {
            runs = try RunTable.runs(connection.run([RunTable.all], by: deadline)[0])
            context.runs.replace(runs)
        }
        let names = Dictionary(uniqueKeysWithValues: runs.map { ($0.number, $0.epoch) })
        var known: [Epochs.Span] = []
        for span in spans.reversed() {
            guard let epoch = names[span.run] else { throw .unreadable(table: "epochs") }
            known.append(Epochs.Span(epoch, after: span.after))
        }
        let epochs = Epochs(Runs(runs.map(\.epoch)), spans: known)
        let head = row?.head ?? 0
        let oldest = context.retention[tenant].oldest(stored: row?.oldest ?? 1, head: head)
        bounds = LogBounds(epochs: epochs, head: head, oldest: epochs.oldest(oldest))
    }

    private func rows(_ sql: String, _ values: SQLValue...) throws(PostgresError) -> Rows {
        try connection.run([Statement(sql, values)], by: .now() + .seconds(5))[0]
    }

    /// The boards that were asked for, ordered by id; a board asked for by name must exist.
    func boards(_ asked: Selection.Boards, for author: Principal) throws -> [Board] {
        let all = try all()
        guard case .only(let some) = asked else { return all.filter { author.boards.contains($0.id) } }
        return try some.sorted().map { id in
            guard let board = all.first(where: { $0.id == id }) else { throw BoardError.notFound(.board(id)) }
            try author.require(id)
            return board
        }
    }

    func all() throws(PostgresError) -> [Board] {
        guard let number else { return [.main(since: beginning)] }
        return try rows(
            "SELECT \(BoardTable.columns) FROM boardcast.boards WHERE tenant = $1 ORDER BY id", .int(number)
        ).map(of: "boards", BoardTable.board)
    }

    func task(_ id: Int) throws(PostgresError) -> BoardTask? {
        guard let number else { return nil }
        return try rows(
            "SELECT \(TaskTable.columns) FROM boardcast.tasks WHERE tenant = $1 AND id = $2", .int(number), .int(id)
        ).first(of: "tasks", TaskTable.task)
    }

    func job(_ id: JobID) throws(PostgresError) -> Job? {
        guard let number else { return nil }
        return try rows(
            "SELECT \(JobTable.columns) FROM boardcast.jobs WHERE tenant = $1 AND id = $2", .int(number),
            .text(id.rawValue)
        ).first(of: "jobs", JobTable.job)?.row.job
    }

    func jobs(_ query: JobQuery, for author: Principal) throws -> JobPage {
        if let board = query.board { _ = try boards(.only([board]), for: author) }
        var page = JobPage.Gathering(query)
        guard let number else { return page.page }
        var before = query.before ?? RowReader.highest
        while true {
            let found = try rows(
                """
                SELECT \(JobTable.columns) FROM boardcast.jobs WHERE tenant = $1 AND number < $2
                    AND ($3::text IS NULL OR board = $3) AND ($4::text IS NULL OR status = $4)
                ORDER BY number DESC LIMIT 64
                """, .int(number), .int(before), .text(query.board?.rawValue), .text(query.status?.rawValue)
            ).map(of: "jobs", JobTable.job)
            for job in found where author.sees(job.row.job) {
                guard page.takes(job.row.job, number: job.number) else { return page.page }
            }
            guard found.count == 64, let last = found.last else { return page.page }
            before = last.number
        }
    }

    /// Hands the tasks of a column to `body`, in their order, some at a time.
    func tasks(in column: BoardColumn, _ body: (BoardTask) throws -> Void) throws {
        guard let number else { return }
        var (rank, id) = ("", 0)
        while true {
            let found = try rows(
                """
                SELECT \(TaskTable.columns) FROM boardcast.tasks WHERE tenant = $1 AND board = $2 AND status = $3
                    AND (rank, id) > ($4, $5)
                ORDER BY board, status, rank, id LIMIT 200
                """, .int(number), .text(column.board.rawValue), .text(column.status), .text(rank), .int(id)
            ).map(of: "tasks", TaskTable.task)
            for task in found { try body(task) }
            guard found.count == 200, let last = found.last else { return }
            (rank, id) = (last.rank.rawValue, last.id)
        }
    }

    /// The newest tasks of a column, newest first, as far as there is room.
    func newest(in column: BoardColumn, count: Int) throws(PostgresError) -> (tasks: [BoardTask], isCut: Bool) {
        guard let number else { return ([], false) }
        var tasks: [BoardTask] = []
        var (size, before) = (0, RowReader.highest)
        while tasks.count < count {
            let wanted = min(count - tasks.count, 50)
            let found = try rows(
                """
                SELECT \(TaskTable.columns) FROM boardcast.tasks WHERE tenant = $1 AND board = $2 AND status = $3 AND id < $4
                ORDER BY id DESC LIMIT $5
                """, .int(number), .text(column.board.rawValue), .text(column.status), .int(before), .int(wanted)
            ).map(of: "tasks", TaskTable.task)
            for task in found {
                size += task.footprint
                guard tasks.isEmpty || size <= NewestTasks.mostBytes else { return (tasks, true) }
                tasks.append(task)
            }
            guard found.count == wanted, let last = found.last else { break }
            before = last.id
        }
        return (tasks, false)
    }

    /// The next tasks above `id` that may match, and whether there are more. SQL filters where it can, and may give too
    /// many; the query decides.
    func tasks(_ query: TaskQuery, on boards: Set<BoardID>, above id: Int, count: Int) throws(PostgresError)
        -> [BoardTask]
    {
        guard let number else { return [] }
        var sql = "SELECT \(TaskTable.columns) FROM boardcast.tasks WHERE tenant = $1 AND id > $2 AND board = ANY($3)"
        var values: [SQLValue] = [.int(number), .int(id), .texts(boards.map(\.rawValue))]
        func add(_ condition: (String) -> String, _ value: SQLValue) {
            values.append(value)
            sql += " AND " + condition("$\(values.count)")
        }
        if let status = query.status { add({ "status = \($0)" }, .text(status)) }
        if let assignee = query.assignee { add({ "assignee = \($0)" }, .text(assignee.rawValue)) }
        if let label = query.label {
            let text = JSONText.text([label])
            add({ "position(\($0) IN labels) > 0" }, .text(String(text.dropFirst().dropLast())))
        }
        if let text = query.text, text.isASCII {
            add(
                { #"(name COLLATE "C" ILIKE \#($0) OR description COLLATE "C" ILIKE \#($0))"# }, .text(text.likePattern)
            )
        }
        values.append(.int(count))
        let statement = Statement(sql + " ORDER BY id LIMIT $\(values.count)", values)
        return try connection.run([statement], by: .now() + .seconds(5))[0].map(of: "tasks", TaskTable.task)
    }
}

extension TextSearch {
    fileprivate var likePattern: String {
        var pattern = "%"
        for scalar in text.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "\\" { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }
}
