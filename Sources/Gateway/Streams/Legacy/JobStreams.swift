import Boards
import Events
import Rooms

/// The streams of jobs: the job as it stands, what it comes to, and the end. No cursor is needed: whoever comes back begins with
/// the job as it stands then.
struct JobStreams: StreamEndpoint {
    let kind: JobDialect.Kind
    let store: any JobStore
    /// Nanoseconds; nil for as long as it takes.
    let lifetime: Int64?
    let names: Set<String> = []
    let repeatable: Set<String> = []

    func takes(_ path: Substring) -> Bool { id(in: path) != nil }

    /// - Throws: ``Problem`` 404 for a job that is not there, where an event does not tell.
    func request(_ ask: StreamAsk) async throws(Problem) -> StreamRequest {
        guard let id = id(in: ask.path).flatMap({ JobID($0) }) else { return try nothing(for: ask) }
        do throws(BoardError) {
            return stream(of: try await store.job(id, for: ask.principal), for: ask)
        } catch .notFound {
            return try nothing(for: ask)
        } catch {
            throw Problem(error)
        }
    }

    private func stream(of found: JobSnapshot, for ask: StreamAsk) -> StreamRequest {
        let job = found.job
        let dialect = JobDialect(kind: kind, job: job.id)
        let boards = Selection.Boards.only(job.board.map { [$0] } ?? [])
        var principal = ask.principal
        // Who made a job sees it, also where the token is not good for its board.
        if let board = job.board, !principal.boards.contains(board) { principal = principal.limited(to: boards) }
        let selection = Selection(
            boards: boards, user: job.board == nil ? job.createdBy : nil, types: JobDialect.types)
        return request(ask, principal, selection, dialect, dialect.tell(job), at: found.cursor.seq)
    }

    private func nothing(for ask: StreamAsk) throws(Problem) -> StreamRequest {
        guard kind == .taskProgress else { throw .notFound }
        let dialect = JobDialect(kind: kind, job: .random())
        let selection = Selection(boards: .only([]), types: JobDialect.types)
        return request(ask, ask.principal, selection, dialect, dialect.gone, at: 0)
    }

    private func request(
        _ ask: StreamAsk, _ principal: Principal, _ selection: Selection, _ dialect: JobDialect, _ state: Telling,
        at seq: Int
    ) -> StreamRequest {
        StreamRequest(
            principal: principal, selection: selection, wire: .dialect(dialect), cursor: nil,
            head: ask.head, snapshotURL: "/api/jobs/\(dialect.job)", snapshot: { .init(state, seq: seq) },
            lifetime: lifetime)
    }

    /// As the router has it.
    static func path(of kind: JobDialect.Kind) -> String {
        switch kind {
        case .taskProgress: "/api/v1/tasks/:id/stream"
        case .job: "/api/jobs/:id/stream"
        }
    }

    /// What stands for the job in a path of ours; nil for another path.
    private func id(in path: Substring) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let pattern = Self.path(of: kind).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == pattern.count else { return nil }
        var id: String?
        for (part, wanted) in zip(parts, pattern) {
            if wanted == ":id", !part.isEmpty {
                id = String(part)
            } else if !part.utf8.elementsEqual(wanted.utf8) {
                return nil
            }
        }
        return id
    }
}
