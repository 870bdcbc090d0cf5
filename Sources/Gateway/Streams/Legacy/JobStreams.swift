import Boards
import Events
import Rooms

/// The streams of jobs: the job's current state, its progress, and its end. No cursor is needed: a client that
/// reconnects begins with the state at that time.
struct JobStreams: StreamEndpoint {
    let kind: JobDialect.Kind
    let store: any JobStore
    /// Nil for as long as it takes.
    let lifetime: Duration?
    let names = QueryNames.stream([])
    var items: [StreamItem] { StreamItem.job(kind) }

    var path: PathPattern {
        switch kind {
        case .taskProgress: "/api/v1/tasks/:id/stream"
        case .job: "/api/jobs/:id/stream"
        }
    }

    func prepare(_ question: StreamQuestion) throws(Problem) -> StreamPreparation {
        guard let id = question.parameter.flatMap({ JobID(String($0)) }) else {
            return .ready(try nothing(for: question))
        }
        return .reading { () throws(Problem) in
            do throws(BoardError) {
                return stream(of: try await store.job(id, for: question.principal), for: question)
            } catch .notFound {
                return try nothing(for: question)
            } catch {
                throw Problem(error)
            }
        }
    }

    private func stream(of found: JobSnapshot, for question: StreamQuestion) -> StreamRequest {
        let job = found.job
        let dialect = JobDialect(kind: kind, job: job.id)
        let boards = Selection.Boards.only(job.board.map { [$0] } ?? [])
        var principal = question.principal
        // The creator of a job sees it even if the token does not allow its board.
        if let board = job.board, !principal.boards.contains(board) { principal = principal.limited(to: boards) }
        let selection = Selection(
            boards: boards, user: job.board == nil ? job.createdBy : nil, types: JobDialect.types)
        return request(question, by: principal, selection, dialect, dialect.encode(job: job), at: found.cursor)
    }

    /// - Throws: ``Problem`` 404 for a missing job, unless the shape has an event for that.
    private func nothing(for question: StreamQuestion) throws(Problem) -> StreamRequest {
        guard kind == .taskProgress else { throw .notFound }
        let dialect = JobDialect(kind: kind, job: .random())
        let selection = Selection(boards: .only([]), types: JobDialect.types)
        return request(
            question, by: question.principal, selection, dialect, dialect.gone, at: Cursor(seq: 0, epoch: .unknown))
    }

    private func request(
        _ question: StreamQuestion, by principal: Principal, _ selection: Selection, _ dialect: JobDialect,
        _ state: Encoded, at cursor: Cursor
    ) -> StreamRequest {
        StreamRequest(
            principal: principal, selection: selection, wire: .dialect(dialect), cursor: nil, head: question.head,
            snapshotURL: "\(question.prefix)/api/jobs/\(dialect.job)",
            snapshot: { .init(state, at: cursor) }, lifetime: lifetime)
    }
}
