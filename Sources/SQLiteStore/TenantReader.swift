import Boards
import Events
import GRDB

/// One tenant inside a read transaction.
struct TenantReader {
    private let tenant: TenantID
    /// Nil for a tenant that never wrote: it has only the board `main`.
    private let row: TenantRow?
    private let db: Database
    private let runs: RunLog
    private let beginning: Timestamp
    private let retention: Retention

    init(_ tenant: TenantID, runs: RunLog, beginning: Timestamp, retention: Retention, in db: Database) throws {
        self.tenant = tenant
        self.db = db
        self.runs = runs
        self.beginning = beginning
        self.retention = retention
        row = try TenantTable.row(of: tenant, in: db)
    }

    /// The bounds of the log in this transaction.
    func bounds() throws -> LogBounds {
        let epochs = Epochs(runs.runs, spans: try row.map { try EpochTable.spans(of: $0.number, runs, in: db) } ?? [])
        let head = row?.head ?? 0
        let oldest = retention.oldest(stored: row?.oldest ?? 1, head: head)
        return LogBounds(epochs: epochs, head: head, oldest: epochs.oldest(oldest))
    }

    /// The boards that were asked for, ordered by id; a board asked for by name must exist.
    func boards(_ asked: Selection.Boards, for author: Principal) throws -> [Board] {
        guard case .only(let some) = asked else { return try all().filter { author.boards.contains($0.id) } }
        return try some.sorted().map { id in
            guard let board = try board(id) else { throw BoardError.notFound(.board(id)) }
            try author.require(id)
            return board
        }
    }

    func task(_ id: Int) throws -> BoardTask? {
        try row.flatMap { try TaskTable.task(id, of: $0.number, in: db) }
    }

    func job(_ id: JobID) throws -> Job? {
        try row.flatMap { try JobTable.job(id, of: $0.number, in: db)?.job }
    }

    func jobs(_ query: JobQuery, for author: Principal) throws -> JobPage {
        if let board = query.board { _ = try boards(.only([board]), for: author) }
        guard let row else { return JobPage(items: [], next: nil) }
        return try JobTable.page(query, for: author, of: row.number, in: db)
    }

    func step(_ search: inout TaskSearch) throws {
        try search.step(tenant: row?.number ?? 0, in: db)
    }

    func snapshot(of asked: Selection.Boards, for author: Principal, into receiver: some SnapshotReceiver) throws {
        let boards = try boards(asked, for: author)
        try receiver.begin(boards, at: bounds().cursor)
        guard let row else { return }
        for board in boards {
            for status in board.statuses {
                let column = BoardColumn(board: board.id, status: status)
                try TaskTable.forEach(in: column, of: row.number, in: db) { try receiver.take($0) }
            }
        }
    }

    func newestTasks(
        in status: String, on boards: Selection.Boards, count: Int
    ) throws -> NewestTasks {
        var tasks: [BoardTask] = []
        var isCut = false
        for board in try all() where boards.contains(board.id) {
            guard let row, board.statuses.contains(status) else { continue }
            let column = BoardColumn(board: board.id, status: status)
            let newest = try TaskTable.newest(in: column, count: count, of: row.number, in: db)
            (tasks, isCut) = NewestTasks.newest(tasks + newest.tasks, count: count, isCut: isCut || newest.isCut)
        }
        return NewestTasks(tasks, count: count, isCut: isCut, cursor: try bounds().cursor)
    }

    /// - Returns: the page, and the event because of which it does not go on from `seq`: it is missing or can't be read.
    ///   The bounds then begin after it, so that whoever stands before it is not taken past it without a word.
    func page(
        after seq: Int, selection: Selection, count: Int, bytes: Int
    ) throws -> (page: LogPage, hole: UnreadableRow?) {
        let bounds = try bounds()
        var end = min(max(seq, bounds.oldest - 1), bounds.head)
        var events: [Event] = []
        var size = 0
        let start = end
        do {
            try scan(from: end + 1, through: min(bounds.head, end + EventTable.scan)) { row in
                if selection.shows(row.audience, row.type) {
                    guard events.count < count else { return false }
                    let event = try row.event(of: tenant, bounds.epochs)
                    size += event.json.count
                    guard events.isEmpty || size <= bytes else { return false }
                    events.append(event)
                }
                end = row.seq
                return true
            }
        } catch let hole as UnreadableRow {
            // The page ends before it.
            if end == start {
                let rest = LogBounds(epochs: bounds.epochs, head: bounds.head, oldest: end + 2)
                return (LogPage(events: [], end: end, bounds: rest), hole)
            }
        }
        return (LogPage(events: events, end: end, bounds: bounds), nil)
    }

    func newest(selection: Selection, count: Int) throws -> LogPage {
        let bounds = try bounds()
        var events: [Event] = []
        var size = 0
        let start = max(bounds.oldest, bounds.head - EventTable.longScan + 1)
        try scan(from: start, through: bounds.head, backwards: true) { row in
            guard events.count < count else { return false }
            guard selection.shows(row.audience, row.type) else { return true }
            let event = try row.event(of: tenant, bounds.epochs)
            size += event.json.count
            guard events.isEmpty || size <= LogPage.newestBytes else { return false }
            events.append(event)
            return true
        }
        return LogPage(events: events.reversed(), end: bounds.head, bounds: bounds)
    }

    func tail(count: Int, bytes: Int) throws -> LogPage {
        let bounds = try bounds()
        var events: [Event] = []
        var size = 0
        do {
            try scan(from: bounds.oldest, through: bounds.head, backwards: true) { row in
                guard events.count < count else { return false }
                let event = try row.event(of: tenant, bounds.epochs)
                size += event.json.count
                guard size <= bytes else { return false }
                events.append(event)
                return true
            }
        } catch is UnreadableRow {
            // The frames in memory may be fewer. A reader that needs the unreadable event is refused by the page that
            // holds it.
        }
        return LogPage(events: events.reversed(), end: bounds.head, bounds: bounds)
    }

    private func scan(
        from start: Int, through end: Int, backwards: Bool = false, _ body: (EventRow) throws -> Bool
    ) throws {
        guard let row, start <= end else { return }
        try EventTable.scan(row.number, start...end, backwards: backwards, in: db, body)
    }

    func boardIDs() throws -> Set<BoardID> {
        try row.map { try BoardTable.ids(of: $0.number, in: db) } ?? [.main]
    }

    private func all() throws -> [Board] {
        try row.map { try BoardTable.boards(of: $0.number, in: db) } ?? [.main(since: beginning)]
    }

    private func board(_ id: BoardID) throws -> Board? {
        guard let row else { return id == .main ? .main(since: beginning) : nil }
        return try BoardTable.board(id, of: row.number, in: db)
    }
}
