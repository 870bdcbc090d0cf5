import Boards
import Events
import HTTPTypes
import Hummingbird
import Imports
import Logging
import NIOCore
import StrictJSON
import TaskFiles
import Text
import Tokens

/// `POST /api/import?board=&lists=`: uploads a file of tasks, which a job then writes to the board.
struct ImportCalls {
    static let path: PathPattern = "/api/import"

    let store: any BoardStore
    let imports: ImportRunner
    /// Bytes of the longest file.
    let longest: Int
    private let uploads = Uploads()

    private static let lists = QueryParameter.oneOf("lists", ["create", "match"])
    /// Those that clients usually send; any other is taken, too.
    private static let types: Set = [
        "text/csv", "application/json", "multipart/form-data", "application/octet-stream",
    ]

    init(store: any BoardStore, imports: ImportRunner, longest: Int) {
        (self.store, self.imports, self.longest) = (store, imports, longest)
    }

    var all: [Call] {
        [
            Call(
                "imports.begin", .post, Self.path, .write, "Begins to import a file of tasks into a board.",
                query: [.text("board"), Self.lists], fields: [.idempotencyKey],
                body: .file(types: Self.types, limit: longest),
                answers: [.json("StartedJob", .accepted, fields: [.location])],
                refusals: [.notFound, .conflict, .tooManyRequests, .serviceUnavailable], begin)
        ]
    }

    /// A table, or a board's JSON, as the body or as the first file of a form → 202 and the job, once the whole file has
    /// arrived and been split into rows. What it is is found by looking at it.
    @Sendable func begin(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let request = input.request
        let lists = ImportLists(rawValue: try input.query.choice(Self.lists) ?? "") ?? .match
        if lists == .create { try context.require(.administer) }
        guard let board = BoardID(input.query["board"] ?? "main") else { throw Problem.notFound }
        _ = try await store.board(board, for: context.principal)
        let coding = try ContentCoding(of: request.headers)
        _ = try request.once()
        let length = coding != nil ? longest : min(request.length ?? longest, longest)
        let slot = try imports.slots.take(length, for: context.tenant)
        do {
            let file = try await self.file(of: request)
            // The digest stands for the body. It includes the query, which is not part of a key's fingerprint.
            let query = lists == .match ? "\(board)\n" : "\(board)\n\(lists)\n"
            let digest = try await uploads.onLane { file.withBuffer { sha256($0) } }
            let once = try request.once(ByteBuffer(bytes: Array(query.utf8) + digest))
            let tasks = try await uploads.onLane { try TaskFile(file) }
            let job = try await imports.begin(
                tasks, on: board, lists: lists, key: once?.key, fingerprint: once?.fingerprint ?? [], slot: slot,
                by: context.principal)
            var json = JSONWriter()
            json.object {
                $0.name("job"); job.write(into: &$0)
            }
            return .json(json.bytes, status: .accepted, headers: [.location: "/api/jobs/\(job.id)"])
        } catch let error as TaskFileError {
            if case .disk(let error) = error { throw problem(error, context) }
            throw Problem(.badRequest, "invalid_file", "This file can't be imported: \(error).")
        } catch let error as TemporaryFileError {
            throw problem(error, context)
        }
    }

    private func file(of request: Request) async throws -> SharedBytes {
        let type = request.headers[.contentType]
        guard let type, FormFile.isForm(type) else { return try await uploads.bytes(of: request, upTo: longest) }
        let body = try await uploads.bytes(of: request, upTo: longest + FormFile.around)
        let file = try await uploads.onLane { try FormFile(in: body, type: type).bytes }
        guard file.count <= longest else { throw Problem.fileTooLarge }
        return file
    }

    private func problem(_ error: TemporaryFileError, _ context: TenantContext) -> Problem {
        context.logger.error("a file to import could not be kept", metadata: ["failure": "\(error)"])
        return Problem(ImportError.noRoom)
    }
}
