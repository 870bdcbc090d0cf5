import Boards
import Events
import HTTPTypes
import StrictJSON

/// A client's command on a WebSocket: what a ``SocketMessage`` asks for.
enum SocketCommand {
    /// A token: in the first message, or a fresh one later.
    case auth(String)
    case subscribe(boards: Set<BoardID>, types: [String]?, since: String?)
    case unsubscribe(boards: Set<BoardID>, types: [String]?)
    case typing(board: BoardID, task: Int, isTyping: Bool)
    case ping

    /// - Throws: ``Problem`` 400 with the fault, which quotes nothing of the message.
    init(_ object: JSONObject) throws(Problem) {
        switch object["type"]?.string {
        case "auth":
            try Self.check(object, knows: ["token"])
            guard let token = object["token"]?.string else { throw .badCommand("token must be a string") }
            self = .auth(token)
        case "subscribe":
            try Self.check(object, knows: ["boards", "types", "since"])
            let since = object["since"]
            guard since == nil || since?.isNull == true || since?.string != nil else {
                throw .badCommand("since must be a cursor")
            }
            self = .subscribe(boards: try Self.boards(object), types: try Self.types(object), since: since?.string)
        case "unsubscribe":
            try Self.check(object, knows: ["boards", "types"])
            self = .unsubscribe(boards: try Self.boards(object), types: try Self.types(object))
        case "typing":
            try Self.check(object, knows: ["boardId", "taskId", "typing"])
            guard let board = object["boardId"]?.string.flatMap({ BoardID($0) }), let task = object["taskId"]?.int,
                let isTyping = object["typing"]?.bool
            else { throw .badCommand("typing needs boardId, taskId (a number) and typing (true or false)") }
            self = .typing(board: board, task: task, isTyping: isTyping)
        case "ping":
            try Self.check(object, knows: [])
            self = .ping
        default: throw .badCommand("type must be auth, subscribe, unsubscribe, typing or ping")
        }
    }

    private static func check(_ object: JSONObject, knows names: Set<String>) throws(Problem) {
        let names = names.union(["id", "type"])
        for member in object.members where !names.contains(member.name) {
            throw .badCommand("this command knows only \(names.sorted().joined(separator: ", "))")
        }
    }

    private static func boards(_ object: JSONObject) throws(Problem) -> Set<BoardID> {
        guard let value = object["boards"], !value.isNull else { return [] }
        guard let list = value.array, list.count <= 100 else {
            throw .badCommand("boards must be a list of 100 at most")
        }
        var boards: Set<BoardID> = []
        for item in list {
            guard let board = item.string.flatMap({ BoardID($0) }) else {
                throw .badCommand("boards must be boards' ids")
            }
            boards.insert(board)
        }
        return boards
    }

    /// Event types as a list, or as one text with commas, as in a query.
    private static func types(_ object: JSONObject) throws(Problem) -> [String]? {
        guard let value = object["types"], !value.isNull else { return nil }
        let items = value.string.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let items = items ?? value.array?.compactMap(\.string), !items.isEmpty,
            value.array.map({ $0.count == items.count }) ?? true,
            items.allSatisfy({ TypeFilter(list: $0) != nil && !$0.contains(",") })
        else { throw .badCommand("types must be dotted names or families, such as task.created and board.*") }
        return items
    }
}

extension Problem {
    static func badCommand(_ detail: String) -> Problem {
        Problem(.invalidCommand, "This can't be understood: \(detail).")
    }
}
