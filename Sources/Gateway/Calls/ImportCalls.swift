import Boards
import Events
import HTTPTypes
import Hummingbird
import Imports
import NIOCore
import StrictJSON
import TaskFiles
import Tokens

/// `POST /api/import?board=`: uploads a file of tasks, which a job then writes to the board.
struct ImportCalls {
    static let path: PathPattern = "/api/import"

    let store: any BoardStore
    let imports: ImportRunner

    private static let types: Set = ["text/csv", "application/json"]

    var all: [Call] {
        [
            Call(
                "imports.begin", .post, Self.path, .write, "Begins to import a file of tasks into a board.",
                query: [.text("board")], fields: [.idempotencyKey],
                body: .file(types: Self.types, limit: TaskFile.longest),
                answers: [.json("StartedJob", .accepted, fields: [.location])],
                refusals: [.notFound, .conflict, .tooManyRequests, .serviceUnavailable], begin)
        ]
    }

    /// CSV (`text/csv`), Trello's JSON or our own (`application/json`) → 202 and the job, once the whole file has
    /// arrived and been split into rows.
    @Sendable func begin(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let request = input.request
        guard let board = BoardID(input.query["board"] ?? "main") else { throw Problem.notFound }
        _ = try await store.board(board, for: context.principal)
        let type = try request.mediaType(among: Self.types)
        _ = try request.once()
        let slot = try imports.slots.take(
            min(request.length ?? TaskFile.longest, TaskFile.longest), for: context.tenant)
        let bytes = try await request.bytes(upTo: TaskFile.longest)
        // The digest stands for the body. It includes the board, since the query is not part of a key's fingerprint.
        let once = try request.once(ByteBuffer(bytes: Array("\(board)\n".utf8) + sha256(bytes)))
        let job = try await imports.begin(
            try file(bytes, type), on: board, key: once?.key, fingerprint: once?.fingerprint ?? [], slot: slot,
            by: context.principal)
        var json = JSONWriter()
        json.object {
            $0.name("job"); job.write(into: &$0)
        }
        return .json(json.bytes, status: .accepted, headers: [.location: "/api/jobs/\(job.id)"])
    }

    private func file(_ bytes: [UInt8], _ type: String) throws(Problem) -> TaskFile {
        do throws(TaskFileError) {
            return try type == "text/csv" ? TaskFile(csv: bytes) : TaskFile(json: bytes)
        } catch {
            throw Problem(.badRequest, "invalid_file", "This file can't be imported: \(error).")
        }
    }
}
