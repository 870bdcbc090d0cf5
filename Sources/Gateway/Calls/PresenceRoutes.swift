import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Tokens

/// `/api/boards/{id}/presence` and `/typing`: who is there, and who types.
struct PresenceRoutes {
    let store: any BoardStore
    let presence: PresenceHub
    let settings: GatewaySettings

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/api/boards/:id/presence", (.get, show)).add(to: router)
        Resource("/api/boards/:id/typing", (.post, type)).add(to: router)
    }

    /// → `{users, count}`: the first 250 users by id, and how many there are.
    @Sendable func show(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        try request.refuseQuery()
        let board = try await store.board(try context.boardID(), for: context.principal)
        let roster = presence.roster(of: board.id, in: context.tenant)
        var json = JSONWriter(reserving: 64 + roster.users.count * 24)
        json.object {
            $0.name("users"); $0.array(roster.users) { $0.string($1.rawValue) }
            $0.name("count"); $0.int(roster.count)
        }
        return .json(json.bytes)
    }

    /// → 204; whoever is connected to the board hears of it, if it is news.
    @Sendable func type(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.write)
        try request.refuseQuery()
        let id = try context.boardID()
        let (body, _) = try await request.jsonObject(upTo: settings.maxBodyBytes)
        let notice = try TypingNotice(body)
        try await set(typing: notice.isTyping, at: notice.task, on: id, by: context.principal)
        return Response(status: .noContent)
    }

    /// The one way to say that somebody types, from whatever transport.
    ///
    /// - Throws: ``Problem`` 404, 429, and the store's refusals.
    func set(typing isTyping: Bool, at task: Int, on board: BoardID, by author: Principal) async throws {
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

/// What a client says of its user.
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
        self.task = task!
        self.isTyping = isTyping!
    }
}
