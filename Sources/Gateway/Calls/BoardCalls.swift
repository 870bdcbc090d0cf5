import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Tokens

/// `/api/boards`: the boards, and the state of one at an event number.
struct BoardCalls {
    let store: any BoardStore

    var all: [Call] {
        [
            Call(
                "boards.list", .get, "/api/boards", .read, "The boards that the token allows.",
                answers: [.json(.page(of: Board.schema).named("BoardList"))], list),
            Call(
                "boards.create", .post, "/api/boards", .administer, "Creates a board.",
                fields: [.idempotencyKey], body: .object(BoardDraft.schema),
                answers: [.json(.writtenBoard, .created, fields: [.eTag, .location])], refusals: [.conflict], create),
            Call(
                "boards.show", .get, "/api/boards/:id", .read, "One board.", parameter: .board,
                fields: [.ifNoneMatch], answers: [.json(Board.schema, fields: [.eTag]), .notModified],
                refusals: [.notFound], show),
            Call(
                "boards.update", .patch, "/api/boards/:id", .administer, "Changes a board.", parameter: .board,
                fields: [.ifMatch, .idempotencyKey], body: .patch(BoardPatch.schema),
                answers: [.json(.writtenBoard, fields: [.eTag])],
                refusals: [.notFound, .conflict, .preconditionFailed], update),
            Call(
                "boards.delete", .delete, "/api/boards/:id", .administer, "Deletes a board with its tasks.",
                parameter: .board, fields: [.ifMatch, .idempotencyKey],
                answers: [.empty(.noContent, fields: [.boardcastSeq])],
                refusals: [.notFound, .conflict, .preconditionFailed], delete),
            Call(
                "boards.snapshot", .get, "/api/boards/:id/snapshot", .read,
                "A board and its tasks, and the cursor at which they are so.", parameter: .board,
                fields: [.ifNoneMatch], answers: [.json(.boardSnapshot, fields: [.eTag]), .notModified],
                refusals: [.notFound], snapshot),
        ]
    }

    @Sendable func list(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let boards = try await store.boards(for: context.principal)
        var json = JSONWriter()
        json.object { json in
            json.name("items"); json.array(boards) { $1.write(into: &$0) }
            json.name("next"); json.null()
        }
        return .json(json.bytes)
    }

    @Sendable func create(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let draft = try BoardDraft(input.object)
        let commit = try await store.write(.createBoard(draft), by: context.principal, once: input.once)
        return .board(
            commit.board, commit.seq, status: .created, headers: [.location: "/api/boards/\(commit.board.id)"])
    }

    @Sendable func show(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let board = try await store.board(try input.board, for: context.principal)
        let tag = EntityTag(board)
        if tag.isIn(input.request.headers[.ifNoneMatch]) {
            return Response(status: .notModified, headers: [.eTag: tag.description])
        }
        var json = JSONWriter()
        board.write(into: &json)
        return .json(json.bytes, headers: [.eTag: tag.description])
    }

    @Sendable func update(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let id = try input.board
        let patch = try BoardPatch(input.object)
        let commit = try await store.write(
            .updateBoard(id, patch, ifVersion: input.ifVersion), by: context.principal, once: input.once)
        return .board(commit.board, commit.seq)
    }

    @Sendable func delete(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let commit = try await store.write(
            .deleteBoard(try input.board, ifVersion: input.ifVersion), by: context.principal, once: input.once)
        return Response(status: .noContent, headers: [.boardcastSeq: String(commit.seq)])
    }

    /// → `{board, tasks, cursor}` of one read transaction; the cursor is also the entity tag.
    @Sendable func snapshot(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let id = try input.board
        let known = input.request.headers[.ifNoneMatch]
        let snapshot = SnapshotFile(.json, for: context.tenant) { EntityTag($0).isIn(known) }
        do { try await store.snapshot(of: .only([id]), for: context.principal, into: snapshot) } catch {
            guard snapshot.isKnown, let cursor = snapshot.cursor else { throw error }
            return Response(status: .notModified, headers: [.eTag: EntityTag(cursor).description])
        }
        guard let cursor = snapshot.cursor else { throw Problem.notFound }
        return try snapshot.response([.contentType: "application/json", .eTag: EntityTag(cursor).description])
    }
}

extension Response {
    fileprivate static func board(
        _ board: Board, _ seq: Int, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.eTag] = EntityTag(board).description
        var json = JSONWriter()
        json.object {
            $0.name("board"); board.write(into: &$0)
            $0.name("seq"); $0.int(seq)
        }
        return .json(json.bytes, status: status, headers: headers)
    }
}

extension JSONSchema {
    fileprivate static let writtenBoard = object([
        .required("board", Board.schema), .required("seq", .seq),
    ]).named("WrittenBoard")

    /// What ``SnapshotFile`` writes.
    static let boardSnapshot = object([
        .required("board", Board.schema), .required("tasks", .array(of: BoardTask.schema)),
        .required("cursor", .cursor),
    ]).named("BoardSnapshot")
}
