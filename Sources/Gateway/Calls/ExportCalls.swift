import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import TaskFiles
import Tokens

/// `GET /api/boards/{id}/export`: a board's tasks as a file, which `POST /api/import` reads back.
struct ExportCalls {
    let store: any BoardStore

    private static let format = QueryParameter.oneOf(
        "format", ["json", "csv"], "The snapshot as it is, which is the default, or a table.")

    var all: [Call] {
        [
            Call(
                "boards.export", .get, "/api/boards/:id/export", .read,
                "A board's tasks as a file, which an import takes.", parameter: .board, query: [Self.format],
                answers: [.file(["application/json", "text/csv"], fields: [.contentDisposition])],
                refusals: [.notFound], export)
        ]
    }

    /// `format=json` (the default), which is the board's snapshot, or `format=csv`.
    @Sendable func export(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let format = try input.query.choice(Self.format) ?? "json"
        let snapshot = SnapshotFile(format == "json" ? .json : .csv, for: context.tenant)
        try await store.snapshot(of: .only([try input.board]), for: context.principal, into: snapshot)
        guard let board = snapshot.board else { throw Problem.notFound }
        // A board's id is of letters, digits and hyphens, and needs no escape.
        let headers: HTTPFields = [
            .contentDisposition: "attachment; filename=\"\(board.id).\(format)\"",
            .contentType: format == "json" ? "application/json" : "text/csv; charset=utf-8; header=present",
        ]
        return try snapshot.response(headers)
    }
}
