public import Events

/// Writes about one task, board or job, each answered with that subject.
///
/// - Throws: as ``BoardStore/write(_:by:once:)`` does.
extension BoardStore {
    public func submit(
        _ command: Command, by author: Principal, once: IdempotencyKey?,
        answer: @escaping @Sendable (Result<Commit<Written>, BoardError>) -> Void
    ) {
        Task {
            do throws(BoardError) {
                answer(.success(try await write(command, by: author, once: once)))
            } catch {
                answer(.failure(error))
            }
        }
    }

    public func find(
        _ task: Int, for author: Principal, found: @escaping @Sendable (Result<BoardTask, BoardError>) -> Void
    ) {
        Task {
            do throws(BoardError) {
                found(.success(try await self.task(task, for: author)))
            } catch {
                found(.failure(error))
            }
        }
    }

    public func write(
        _ command: TaskCommand, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<BoardTask> {
        try await write(.task(command), by: author, once: once).narrowed(\.task)
    }

    public func write(
        _ command: BoardCommand, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<Board> {
        try await write(.board(command), by: author, once: once).narrowed(\.board)
    }

    public func write(
        _ command: JobCommand, by author: Principal, once: IdempotencyKey?
    ) async throws(BoardError) -> Commit<StoredJob> {
        try await write(.job(command), by: author, once: once).narrowed(\.job)
    }
}
