import Boards
import Events
import Rooms
import StrictJSON

/// Something that is not logged and that other nodes show to those who are connected there now: a published event, or that
/// somebody types. It goes from node to node as a text.
struct PassingEvent: Sendable {
    enum Content: Sendable {
        case event(json: [UInt8], Audience, EventType)
        case typing(Bool, task: Int, board: BoardID, user: UserID)
    }

    let tenant: TenantID
    let content: Content
    let timestamp: Timestamp

    /// - Parameter node: the one that it comes from, which does not show it again.
    func text(from node: NodeID) -> String {
        var json = JSONWriter(reserving: 256)
        json.object { json in
            json.name("node"); json.string(node.description)
            json.name("tenant"); json.string(tenant.rawValue)
            json.name("at"); json.int(timestamp.milliseconds)
            switch content {
            case .event(let event, let audience, let type):
                json.name("type"); json.string(type.rawValue)
                switch audience {
                case .board(let id): json.name("board"); json.string(id.rawValue)
                case .user(let id): json.name("user"); json.string(id.rawValue)
                case .tenant: break
                }
                json.name("event"); json.string(String(decoding: event, as: UTF8.self))
            case .typing(let isTyping, let task, let board, let user):
                json.name("typing"); json.bool(isTyping)
                json.name("task"); json.int(task)
                json.name("board"); json.string(board.rawValue)
                json.name("user"); json.string(user.rawValue)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// The event, and where it comes from; nil for what another release wrote.
    static func read(_ text: String) -> (event: PassingEvent, node: NodeID)? {
        guard let object = try? JSONParser.parse(text.utf8, limits: limits).object,
            let node = object["node"]?.string.flatMap(NodeID.init),
            let tenant = object["tenant"]?.string.flatMap({ TenantID($0) }), let time = object["at"]?.int
        else { return nil }
        let board = object["board"]?.string.flatMap { BoardID($0) }
        let user = object["user"]?.string.flatMap { UserID($0) }
        let content: Content
        if let isTyping = object["typing"]?.bool {
            guard let task = object["task"]?.int, let board, let user else { return nil }
            content = .typing(isTyping, task: task, board: board, user: user)
        } else {
            guard let json = object["event"]?.string, let type = object["type"]?.string.flatMap({ EventType($0) })
            else { return nil }
            let audience = board.map { Audience.board($0) } ?? user.map { .user($0) } ?? .tenant
            content = .event(json: Array(json.utf8), audience, type)
        }
        return (PassingEvent(tenant: tenant, content: content, timestamp: Timestamp(milliseconds: time)), node)
    }

    /// Twice a body of the largest publication, whose every byte may need an escape.
    private static let limits = JSONParser.Limits(bytes: 4 << 20)
}
