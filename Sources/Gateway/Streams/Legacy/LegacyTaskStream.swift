import Boards
import Events
import Rooms

/// `GET /api/tasks/stream` and `/api/tasks/stream/{status}`: the newest tasks of one status, sent as a list.
struct LegacyTaskStream: StreamEndpoint {
    /// The status that the path without a parameter shows.
    static let status = "generated"

    let path: PathPattern
    let names = QueryNames.stream(["limit", "mode"], repeatable: ["board"])
    var items: [StreamItem] { StreamItem.taskList }

    private let store: any BoardStore
    private let clock: @Sendable () -> Timestamp

    /// Both of its paths.
    static func endpoints(store: any BoardStore, clock: @escaping @Sendable () -> Timestamp) -> [LegacyTaskStream] {
        ["/api/tasks/stream", "/api/tasks/stream/:status"].map {
            LegacyTaskStream(path: $0, store: store, clock: clock)
        }
    }

    func prepare(_ question: StreamQuestion) throws(Problem) -> StreamPreparation {
        let query = try StreamQuery(
            question.query, lastEventID: nil, principal: question.principal, prefix: question.prefix,
            known: question.known)
        let shape = TaskList.Shape(
            status: try status(question.parameter), limit: try question.query.int("limit", in: 1...200, default: 50),
            sendsChanges: try sendsChanges(question.query))
        let dialect = TaskListDialect(shape: shape, tenant: question.principal.tenant, store: store, clock: clock)
        return .ready(
            StreamRequest(
                principal: question.principal,
                selection: Selection(boards: query.asked.boards, types: TaskList.types), wire: .dialect(dialect),
                cursor: nil, head: question.head, snapshotURL: query.snapshotURL))
    }

    private func status(_ parameter: Substring?) throws(Problem) -> String {
        guard let parameter else { return Self.status }
        guard let status = Query.decode(path: parameter), Board.isStatus(status) else { throw .notFound }
        return status
    }

    private func sendsChanges(_ query: Query) throws(Problem) -> Bool {
        switch query["mode"] {
        case nil, "full": return false
        case "delta": return true
        default: throw .badQuery("mode", "must be full or delta")
        }
    }
}
