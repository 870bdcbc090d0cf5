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

    private static let lists = QueryParameter.oneOf(
        "lists", ["create", "match"],
        "Whether lists that the board does not have become columns, or are matched to its.")
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
                query: [.text("board", "Where the tasks go; `main` without it.", like: .boardID), Self.lists],
                fields: [.idempotencyKey],
                body: .file(types: Self.types, limit: longest),
                answers: [.json(.startedJob, .accepted, fields: [.location])],
                refusals: [.notFound, .conflict, .tooManyRequests, .serviceUnavailable], begin)
        ]
    }

    /// A table, or a board's JSON, as the body or as the file of a form → 202 and the job, once the whole file has
    /// arrived and been split into rows. What it is is found by looking at it.
    @Sendable func begin(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let request = input.request
        // Nothing is read for a place that is wrong already.
        _ = try await place(input.query["board"], input.query[Self.lists.name], in: context)
        let coding = try ContentCoding(of: request.headers)
        _ = try request.once()
        let length = coding != nil ? longest : min(request.length ?? longest, longest)
        let slot = try imports.slots.take(length, for: context.tenant)
        do {
            let (file, charset, form) = try await upload(of: request)
            let board = try form?.field("board", besides: input.query["board"]) ?? input.query["board"]
            let choice = try form?.field("lists", besides: input.query["lists"]) ?? input.query["lists"]
            let place = try await place(board, choice, in: context)
            // The digest stands for the body. It includes what the query and the types say, which is not part of a key's
            // fingerprint.
            let words = [place.lists == .match ? nil : "\(place.lists)", charset.map { "charset=\($0)" }]
            let query = ([place.board.rawValue] + words.compactMap(\.self)).joined(separator: "\n") + "\n"
            let digest = try await uploads.onLane { file.withBuffer { sha256($0) } }
            let once = try request.once(ByteBuffer(bytes: Array(query.utf8) + digest))
            let tasks = try await uploads.onLane { try TaskFile(file, charset: charset) }
            let job = try await imports.begin(
                tasks, on: place.board, lists: place.lists, key: once?.key, fingerprint: once?.fingerprint ?? [],
                slot: slot, by: context.principal)
            var json = JSONWriter()
            json.object {
                $0.name("job"); job.write(into: &$0)
            }
            return .json(json.bytes, status: .accepted, headers: [.location: "/api/jobs/\(job.id)"])
        } catch let error as TaskFileError {
            if case .disk(let error) = error { throw problem(error, context) }
            throw Problem(.invalidFile, "This file can't be imported: \(error).")
        } catch let error as TemporaryFileError {
            throw problem(error, context)
        }
    }

    /// Where the tasks go, and what becomes of their lists.
    ///
    /// - Throws: ``Problem`` 400, 403, 404.
    private func place(
        _ board: String?, _ lists: String?, in context: TenantContext
    ) async throws -> (board: BoardID, lists: ImportLists) {
        guard let lists = ImportLists(rawValue: lists ?? ImportLists.match.rawValue) else {
            throw Problem.badQuery(Self.lists.name, "must be create or match")
        }
        if lists == .create { try context.require(.administer) }
        guard let board = BoardID(board ?? "main") else { throw Problem.notFound }
        _ = try await store.board(board, for: context.principal)
        return (board, lists)
    }

    private typealias Upload = (file: SharedBytes, charset: String?, form: FormFile?)

    private func upload(of request: Request) async throws -> Upload {
        let type = request.headers[.contentType]
        guard let type, FormFile.isForm(type) else {
            let charset = type.flatMap { MediaType($0)["charset"] }
            return (try await uploads.bytes(of: request, upTo: longest), charset, nil)
        }
        let body = try await uploads.bytes(of: request, upTo: longest + FormFile.around)
        let form = try await uploads.onLane { try FormFile(in: body, type: type) }
        guard form.bytes.count <= longest else { throw Problem.fileTooLarge }
        return (form.bytes, form.charset, form)
    }

    private func problem(_ error: TemporaryFileError, _ context: TenantContext) -> Problem {
        context.logger.error("a file to import could not be kept", metadata: ["failure": "\(error)"])
        return Problem(ImportError.noRoom)
    }
}

extension JSONSchema {
    fileprivate static let startedJob = object([.required("job", Job.schema)]).named("StartedJob")
}
