import Boards
import Events
import Rooms

/// `GET /api/tasks/stream` and `/api/tasks/stream/{status}`: the newest tasks of one status, told as a list.
struct LegacyTaskStream: StreamEndpoint {
    static let path = "/api/tasks/stream"
    /// Unless the path says another.
    static let status = "generated"

    let store: any BoardStore
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int
    let names: Set<String> = ["limit", "mode"]
    let repeatable: Set<String> = ["board"]

    func takes(_ path: Substring) -> Bool {
        guard path.hasPrefix(Self.path) else { return false }
        let rest = path.dropFirst(Self.path.count)
        return rest.isEmpty || rest.first == "/" && rest.count > 1 && !rest.dropFirst().contains("/")
    }

    func request(_ ask: StreamAsk) async throws(Problem) -> StreamRequest {
        let query = try StreamQuery(ask.caller.query, lastEventID: nil, principal: ask.principal, known: ask.known)
        let shape = TaskList.Shape(
            status: try status(in: ask.path), limit: try ask.caller.query.int("limit", in: 1...200, default: 50),
            tellsChanges: try tellsChanges(ask.caller.query))
        let dialect = TaskListDialect(shape: shape, tenant: ask.principal.tenant, store: store, clock: clock)
        return StreamRequest(
            principal: ask.principal,
            selection: Selection(boards: query.asked.boards, types: TaskList.types), wire: .dialect(dialect),
            cursor: nil, head: ask.head, snapshotURL: query.snapshotURL)
    }

    private func status(in path: Substring) throws(Problem) -> String {
        let part = path.dropFirst(Self.path.count + 1)
        if part.isEmpty { return Self.status }
        guard let status = Query.decode(path: part), Board.isStatus(status) else { throw .notFound }
        return status
    }

    private func tellsChanges(_ query: Query) throws(Problem) -> Bool {
        switch query["mode"] {
        case nil, "full": return false
        case "delta": return true
        default: throw .badQuery("mode", "must be full or delta")
        }
    }
}
