import Foundation

/// The calls that most programs need; ``request(_:_:body:version:idempotencyKey:)`` does the others.
extension Boardcast {
    /// The state of a board, and the cursor after which ``events(boards:types:since:state:)`` continues.
    public func snapshot(of board: String = "main") async throws -> BoardSnapshot {
        try BoardcastJSON.decode(await request("GET", "/api/boards/\(Self.segment(board))/snapshot"))
    }

    @discardableResult
    public func createTask(
        _ name: String, on board: String? = nil, _ fields: TaskFields = TaskFields()
    ) async throws -> TaskReceipt {
        var fields = fields
        (fields.name, fields.boardId) = (name, board)
        return try BoardcastJSON.decode(await request("POST", "/api/tasks", body: BoardcastJSON.encode(fields)))
    }

    /// - Parameter version: that which the task must still have; otherwise ``BoardcastError/refused(_:)`` with the status 412.
    @discardableResult
    public func updateTask(_ id: Int, _ fields: TaskFields, version: Int? = nil) async throws -> TaskReceipt {
        let body = try BoardcastJSON.encode(fields)
        return try BoardcastJSON.decode(await request("PATCH", "/api/tasks/\(id)", body: body, version: version))
    }

    /// Moves a task into the column of `status`, below the task `after`, or to the top.
    @discardableResult
    public func moveTask(_ id: Int, to status: String, after: Int? = nil) async throws -> TaskReceipt {
        struct Move: Encodable {
            let status: String
            let after: Int?
        }
        let body = try BoardcastJSON.encode(Move(status: status, after: after))
        return try BoardcastJSON.decode(await request("POST", "/api/tasks/\(id)/move", body: body))
    }

    public func deleteTask(_ id: Int, version: Int? = nil) async throws {
        _ = try await request("DELETE", "/api/tasks/\(id)", version: version)
    }

    /// Publishes an event of your own (roles `service` and `admin`), to a board or to everybody in the tenant.
    ///
    /// - Parameter type: dotted, outside of the gateway's own families: `deploy.finished`.
    public func publish(_ type: String, _ data: some Encodable & Sendable, to board: String? = nil) async throws {
        let body = try BoardcastJSON.encode(Publication(type: type, data: data, boardId: board))
        _ = try await request("POST", "/api/publish", body: body)
    }

    /// A name as one part of a path.
    private static func segment(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~")))
            ?? ""
    }
}

private struct Publication<Content: Encodable>: Encodable {
    let type: String
    let data: Content
    let boardId: String?
}
