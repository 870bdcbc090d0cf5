import Boards
import Events
import ServiceLifecycle
import StrictJSON
import TaskFiles

/// What becomes of a file's lists that the board has no status for.
public enum ImportLists: String, Sendable {
    /// Their tasks go to the board's first status.
    case match
    /// They are added to the board's statuses.
    case create
}

/// One import, from the first row to the last: it creates tasks one batch at a time, so that other writes of the board
/// run in between.
struct ImportRun: Sendable {
    /// Rows written in one transaction.
    static let batch = 25
    /// How often a write is tried while the store is busy, about a second apart.
    static let patience = 60

    let job: JobID
    let name: ImportName
    let author: Principal
    let board: BoardID
    let file: TaskFile
    let lists: ImportLists
    /// Distinguishes another file under the same key.
    let fingerprint: [UInt8]
    /// Held as long as the file is.
    let slot: ImportSlot

    let jobs: JobKeeper
    let store: any BoardStore
    /// Whether the token that began the import has been revoked.
    let isRevoked: @Sendable (Principal) -> Bool

    /// Returns when the work is over, and its end stored or in the keeper's hands.
    func run() async {
        var tally = ImportTally()
        let end: JobReport?
        do throws(BoardError) {
            try await report(JobReport(status: .processing, progress: 0, message: tally.message(of: file)))
            let reason = try await importRows(&tally)
            end = reason.map { failure($0, tally) } ?? completion(tally)
        } catch .conflict, .notFound(.job) {
            // The job was cancelled, or was deleted with its board.
            end = nil
        } catch {
            end = failure(Self.words(for: error), tally)
        }
        await jobs.end(job, of: author.tenant, with: end)
    }

    /// - Returns: why it stopped before the last row, or nil.
    /// - Throws: ``BoardError/conflict(_:)`` when the job has ended.
    private func importRows(_ tally: inout ImportTally) async throws(BoardError) -> String? {
        var statuses =
            lists == .create
            ? try await addLists(&tally) : StatusMap(try await store.board(board, for: author), for: file)
        var index = 0
        while index < file.count {
            if Task.isShuttingDownGracefully { return Self.restarted }
            if isRevoked(author) { return "the token that it was begun with was revoked" }
            let status = try await store.job(job, for: author).job.status
            guard !status.isFinal else { throw .conflict(.jobIsFinal(status)) }

            let end = min(index + Self.batch, file.count)
            do throws(BoardError) {
                for row in try await write(index..<end, statuses) { tally.count(row) }
            } catch .invalid {
                // The board's statuses have changed.
                statuses = StatusMap(try await store.board(board, for: author), for: file)
                for row in try await write(index..<end, statuses) { tally.count(row) }
            }
            index = end
            try await report(JobReport(progress: tally.progress(of: file), message: tally.message(of: file)))
        }
        return nil
    }

    /// Adds the file's lists to the board's columns, those that it lacks.
    ///
    /// A list's column is found by its name, so a run that continues finds those of the one before.
    private func addLists(_ tally: inout ImportTally) async throws(BoardError) -> StatusMap {
        for _ in 1..<Self.patience {
            let board = try await store.board(board, for: author)
            let known = board.columns.isPlain && !file.columns.isEmpty ? try await copied(to: board) : board.columns
            var wanted = board
            wanted.columns = known
            let statuses = StatusMap(wanted, adding: file)
            wanted.columns += statuses.missing
            guard wanted.columns != board.columns else { return statuses }
            var object = JSONObject()
            object["columns"] = .array(wanted.columns.map(\.asDraft))
            let patch = try BoardPatch(object)
            do throws(BoardError) {
                _ = try await patiently { () throws(BoardError) in
                    try await store.write(
                        .updateBoard(
                            board.id, patch, ifVersion: ExpectedVersion(board.version, in: board.epoch)),
                        by: author, once: nil)
                }
                tally.addedColumns = wanted.columns.filter { !board.columns.contains($0) }
                return statuses
            } catch .boardVersionMismatch, .conflict(.statusesInUse) {
                // Somebody changed it, or made a task, in between.
            }
        }
        throw .failed(.busy(retryAfter: .seconds(1)))
    }

    /// The columns of a board that nobody has named yet, once it has those of the export: with their names, limits and
    /// order. Of a board with a task nothing is changed.
    private func copied(to board: Board) async throws(BoardError) -> [StatusColumn] {
        var any = TaskQuery()
        (any.boards, any.limit) = (.only([board.id]), 1)
        guard try await store.tasks(any, for: author).items.isEmpty else { return board.columns }
        // The columns that every board begins with are nobody's choice.
        if board.statuses == Board.defaultStatuses { return file.columns }
        let others = board.columns.filter { column in !file.columns.contains { $0.id == column.id } }
        return file.columns + others.prefix(StatusMap.columnLimit - file.columns.count)
    }

    private func write(_ range: Range<Int>, _ statuses: StatusMap) async throws(BoardError) -> [ImportRow] {
        let rows = range.map { file.row($0, on: statuses) }
        let drafts = rows.compactMap { row in if case .draft(let draft) = row.outcome { draft } else { nil } }
        if !drafts.isEmpty {
            let key = IdempotencyKey(name.batch(range.lowerBound), fingerprint: fingerprint)
            _ = try await patiently { () throws(BoardError) in
                try await store.write(.createTasks(drafts), by: author, once: key)
            }
        }
        return rows
    }

    private func report(_ report: JobReport) async throws(BoardError) {
        _ = try await patiently { () throws(BoardError) in
            try await store.write(.reportJob(job, report), by: author, once: nil)
        }
    }

    private func completion(_ tally: ImportTally) -> JobReport {
        JobReport(status: .completed, message: tally.message(of: file), result: tally.result(of: file))
    }

    private func failure(_ reason: String, _ tally: ImportTally) -> JobReport {
        JobReport(status: .failed, message: tally.message(of: file), error: reason, details: tally.result(of: file))
    }

    private func patiently<Value>(_ body: () async throws(BoardError) -> Value) async throws(BoardError) -> Value {
        for _ in 1..<Self.patience {
            do throws(BoardError) { return try await body() } catch {
                guard case .failed(.busy(let delay)) = error, !Task.isCancelled, !Task.isShuttingDownGracefully else {
                    throw error
                }
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
            }
        }
        return try await body()
    }

    static let restarted =
        "the gateway restarted before the end; send the same file with the same Idempotency-Key to go on"

    /// The reason in words; never quotes the task.
    private static func words(for error: BoardError) -> String {
        switch error {
        case .failed(.busy) where Task.isShuttingDownGracefully: restarted
        case .notFound(.board): "the board is gone"
        case .failed(.full): "the disk is full"
        case .failed(.busy): "the store was busy for too long"
        default: "the rows could not be written"
        }
    }
}

extension StatusColumn {
    /// As a write gives it.
    fileprivate var asDraft: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["name"] = .string(name)
        object["limit"] = limit.map { .number(JSONNumber($0)) } ?? .null
        return .object(object)
    }
}

extension [StatusColumn] {
    /// Whether they are known by their statuses alone.
    fileprivate var isPlain: Bool { allSatisfy { $0 == StatusColumn(status: $0.id) } }
}
