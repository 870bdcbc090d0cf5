import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `/api/boards`: which boards there are, and the state of one at a number.
struct BoardRoutes {
    let store: any BoardStore
    let settings: GatewaySettings

    func add(to router: some RouterMethods<TenantContext>) {
        Resource("/api/boards", (.get, list), (.post, create)).add(to: router)
        Resource("/api/boards/:id", (.get, show), (.patch, update), (.delete, delete)).add(to: router)
        Resource("/api/boards/:id/snapshot", (.get, snapshot)).add(to: router)
    }

    @Sendable func list(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        try request.refuseQuery()
        let boards = try await store.boards(for: context.principal)
        var json = JSONWriter()
        json.object { json in
            json.name("items"); json.array(boards) { $1.write(into: &$0) }
            json.name("next"); json.null()
        }
        return .json(json.bytes)
    }

    @Sendable func create(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.administer)
        try request.refuseQuery()
        let (body, bytes) = try await request.jsonObject(upTo: settings.maxBodyBytes)
        let draft = try BoardDraft(body)
        let commit = try await store.write(.createBoard(draft), by: context.principal, once: request.once(bytes))
        return .board(
            commit.board, commit.seq, status: .created, headers: [.location: "/api/boards/\(commit.board.id)"])
    }

    @Sendable func show(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        try request.refuseQuery()
        let board = try await store.board(try context.boardID(), for: context.principal)
        let tag = EntityTag(version: board.version)
        if tag.isIn(request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: [.eTag: tag.description])
        }
        var json = JSONWriter()
        board.write(into: &json)
        return .json(json.bytes, headers: [.eTag: tag.description])
    }

    @Sendable func update(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.administer)
        try request.refuseQuery()
        let id = try context.boardID()
        let (body, bytes) = try await request.jsonObject(
            upTo: settings.maxBodyBytes, types: ["application/json", "application/merge-patch+json"])
        let patch = try BoardPatch(body)
        let commit = try await store.write(
            .updateBoard(id, patch, ifVersion: try EntityTag.version(in: request.headers[.ifMatch])),
            by: context.principal, once: request.once(bytes))
        return .board(commit.board, commit.seq)
    }

    @Sendable func delete(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.administer)
        try request.refuseQuery()
        let version = try EntityTag.version(in: request.headers[.ifMatch])
        let commit = try await store.write(
            .deleteBoard(try context.boardID(), ifVersion: version), by: context.principal, once: request.once())
        return Response(status: .noContent, headers: [.boardcastSeq: String(commit.seq)])
    }

    /// → `{board, tasks, cursor}` of one read transaction; the cursor is also the entity tag.
    @Sendable func snapshot(_ request: Request, in context: TenantContext) async throws -> Response {
        try context.require(.read)
        try request.refuseQuery()
        let id = try context.boardID()
        let snapshot = try await store.snapshot(of: .only([id]), for: context.principal)
        guard let board = snapshot.boards.first else { throw Problem.notFound }
        let tag = EntityTag(snapshot.cursor.description)
        if tag.isIn(request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: [.eTag: tag.description])
        }
        return .json(snapshot.json(of: board), headers: [.eTag: tag.description])
    }
}

extension TenantContext {
    /// - Throws: ``Problem`` 404 for what can't be a board's id.
    func boardID() throws(Problem) -> BoardID {
        guard let text = parameters.get("id"), let id = BoardID(text) else { throw .notFound }
        return id
    }
}

extension Response {
    fileprivate static func board(
        _ board: Board, _ seq: Int, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.eTag] = EntityTag(version: board.version).description
        var json = JSONWriter()
        json.object {
            $0.name("board"); board.write(into: &$0)
            $0.name("seq"); $0.int(seq)
        }
        return .json(json.bytes, status: status, headers: headers)
    }
}
