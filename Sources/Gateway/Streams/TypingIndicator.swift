import Boards
import Events
import HTTPTypes
import Rooms
import StrictJSON

/// Announces to the connections of a board that a user types at one of its tasks, or has stopped; used by REST and
/// WebSockets.
struct TypingIndicator: Sendable {
    let store: any BoardStore
    let presence: PresenceHub

    /// - Parameter done: called once, on whichever thread, with the refusal if there is one: ``Problem`` 404 for a task that
    ///   is not on the board, 429 at the limit of tasks being typed at, and the store's refusals.
    func set(
        _ isTyping: Bool, at task: Int, on board: BoardID, by author: Principal,
        done: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        // A task that the caller may not see counts as missing.
        let narrowed = Principal(tenant: author.tenant, user: author.user, boards: .only([board]))
        store.find(task, for: narrowed) { found in
            switch found {
            case .success(let task) where task.board == board && author.boards.contains(board):
                done(Result { try set(isTyping, at: task.id, on: board, by: author) })
            case .failure(.failed(let failure)): done(.failure(BoardError.failed(failure)))
            case .success, .failure: refuse(board, author, done)
            }
        }
    }

    /// The reason comes first that the board has for it.
    private func refuse(
        _ board: BoardID, _ author: Principal, _ done: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        Task {
            do {
                _ = try await store.board(board, for: author)
                throw Problem.notFound
            } catch { done(.failure(error)) }
        }
    }

    private func set(_ isTyping: Bool, at task: Int, on board: BoardID, by author: Principal) throws(Problem) {
        do {
            try presence.set(typing: isTyping, at: task, on: board, by: author.user, in: author.tenant)
        } catch {
            throw Problem(.typingFull, "Too many tasks are being typed at; try again later.")
                .with(.retryAfter, "5")
        }
    }
}
