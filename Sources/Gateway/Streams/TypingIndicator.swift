import Boards
import Events
import HTTPTypes
import Rooms
import StrictJSON

/// Shows to everybody who is connected to a board that a user types at one of its tasks, or no longer does: the same
/// for REST and for WebSockets.
struct TypingIndicator: Sendable {
    let store: any BoardStore
    let presence: PresenceHub

    /// - Throws: ``Problem`` 404 for a task that is not on the board, 429 when too many tasks are typed at, and the
    ///   store's refusals.
    func set(_ isTyping: Bool, at task: Int, on board: BoardID, by author: Principal) async throws {
        _ = try await store.board(board, for: author)
        guard try await isTask(task, on: board, for: author) else { throw Problem.notFound }
        do {
            try presence.set(typing: isTyping, at: task, on: board, by: author.user, in: author.tenant)
        } catch {
            throw Problem(.tooManyRequests, "typing_full", "Too many tasks are being typed at; try again later.")
                .with(.retryAfter, "5")
        }
    }

    /// A task of a board that the caller may not see is on no other board either.
    private func isTask(_ id: Int, on board: BoardID, for author: Principal) async throws -> Bool {
        let narrowed = Principal(tenant: author.tenant, user: author.user, boards: .only([board]))
        do { return try await store.task(id, for: narrowed).board == board } catch BoardError.forbidden { return false }
    }
}
