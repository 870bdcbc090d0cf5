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

    /// - Throws: ``Problem`` 404 for a task that is not on the board, 429 at the limit of tasks being typed at, and the
    ///   store's refusals.
    func set(_ isTyping: Bool, at task: Int, on board: BoardID, by author: Principal) async throws {
        _ = try await store.board(board, for: author)
        guard try await isTask(task, on: board, for: author) else { throw Problem.notFound }
        do {
            try presence.set(typing: isTyping, at: task, on: board, by: author.user, in: author.tenant)
        } catch {
            throw Problem(.typingFull, "Too many tasks are being typed at; try again later.")
                .with(.retryAfter, "5")
        }
    }

    /// Whether the task is on the board. A task that the caller may not see counts as missing.
    private func isTask(_ id: Int, on board: BoardID, for author: Principal) async throws -> Bool {
        let narrowed = Principal(tenant: author.tenant, user: author.user, boards: .only([board]))
        do { return try await store.task(id, for: narrowed).board == board } catch BoardError.forbidden { return false }
    }
}
