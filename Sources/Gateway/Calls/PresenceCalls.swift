import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Tokens

/// `/api/boards/{id}/presence` and `/typing`: the users present on a board, and those who type.
struct PresenceCalls {
    let store: any BoardStore
    let presence: PresenceHub
    let typing: TypingIndicator
    /// Nil where no other node has users.
    let relay: Relay?

    var all: [Call] {
        [
            Call(
                "boards.presence", .get, "/api/boards/:id/presence", .read, "Who is connected to a board.",
                parameter: .board, answers: [.json(.presence)], refusals: [.notFound], show),
            .direct(
                "boards.type", .post, "/api/boards/:id/typing", .write, "Says that one types at a task, or no longer.",
                parameter: .board, body: .object(TypingNotice.schema), answers: [.empty(.noContent)],
                refusals: [.notFound, .tooManyRequests], type),
        ]
    }

    /// → `{users, count}`: the first 250 users by id, and how many there are.
    @Sendable func show(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let board = try await store.board(try input.board, for: context.principal)
        // Users of other nodes count once this one knows the tenant's boards.
        if let relay, relay.boards(of: context.tenant) == nil, let loop = relay.hubs.first?.loop {
            do { try await relay.load(context.tenant, on: loop).get() } catch {
                throw Problem.unavailable(because: error)
            }
        }
        let roster = presence.roster(of: board.id, in: context.tenant)
        var json = JSONWriter(reserving: 64 + roster.users.count * 24)
        json.object {
            $0.name("users"); $0.array(roster.users) { $0.string($1.rawValue) }
            $0.name("count"); $0.int(roster.count)
        }
        return .json(json.bytes)
    }

    /// → 204; a change is announced to the connections of the board.
    @Sendable func type(_ input: CallInput) throws -> PreparedCall {
        let (notice, board) = (try TypingNotice(input.object), try input.board)
        return PreparedCall(later: { author, answered in
            typing.set(notice.isTyping, at: notice.task, on: board, by: author) { result in
                answered {
                    try result.get()
                    return .init(status: .noContent)
                }
            }
        })
    }
}

/// The body of a typing call.
private struct TypingNotice {
    let task: Int
    let isTyping: Bool

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    init(_ body: JSONObject) throws(BoardError) {
        var fields = FieldReader(body)
        let task = fields.value("taskId")?.int
        if task == nil { fields.refuse("taskId", "must be an integer") }
        let isTyping = fields.value("typing")?.bool
        if isTyping == nil { fields.refuse("typing", "must be true or false") }
        try fields.finish()
        // The defaults are never used: `finish` throws when a value is missing.
        (self.task, self.isTyping) = (task ?? 0, isTyping ?? false)
    }

    /// What ``init(_:)`` takes.
    static let schema = JSONSchema.closed([
        .required("taskId", .integer), .required("typing", .boolean),
    ]).named("TypingNotice")
}

extension JSONSchema {
    fileprivate static let presence = object([
        .required("users", array(of: .userID).described("The first 250 by their ids.")),
        .required("count", .integer(from: 0)),
    ]).named("Presence")
}
