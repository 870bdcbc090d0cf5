import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Text
import Tokens

/// `GET /sse/stats` (admin): the tenant's live connections, a page at a time.
struct StatsCalls {
    let relay: Relay

    private static let limit = QueryParameter.int(
        "limit", in: 1...1000, default: 100, "Connections in a page.")

    var all: [Call] {
        [
            Call(
                "connections.list", .get, "/sse/stats", .administer, "The tenant's connections, a page at a time.",
                query: [
                    .text("userId", "Those of this user."),
                    .text("board", "Those that show this board.", like: .boardID), Self.limit,
                    .text("cursor", "The `nextCursor` of the page before."),
                ],
                answers: [.json(.connectionPage)], refusals: [.notFound], stats)
        ]
    }

    @Sendable func stats(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let query = input.query
        let limit = try query.int(Self.limit)
        var connections: [ConnectionInfo] = []
        var rooms: Set<RoomID> = []
        for hub in relay.hubs {
            let part = try await hub.describe(context.tenant).get()
            connections += part.connections
            rooms.formUnion(part.rooms)
        }
        if let user = query["userId"] { connections.removeAll { UserID(user) != $0.user } }
        if let name = query["board"] {
            guard let board = BoardID(name) else { throw Problem.notFound }
            connections.removeAll { !$0.boards.contains(board) }
        }
        connections.sort { ($0.connectedAt, $0.id.description) < ($1.connectedAt, $1.id.description) }
        let total = connections.count
        if let cursor = query["cursor"] {
            let place = cursor.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard place.count == 2, let time = Int(digits: place[0]).map(Timestamp.init(milliseconds:)) else {
                throw Problem.badQuery("cursor", "not one of ours")
            }
            connections.removeAll { ($0.connectedAt, $0.id.description) <= (time, place[1]) }
        }
        let page = connections.prefix(limit)
        let now = relay.wallClock()
        let known = relay.boards(of: context.tenant) ?? [.main]
        var json = JSONWriter(reserving: 256 + page.count * 200)
        json.object { json in
            json.name("totalConnections"); json.int(total)
            json.name("connections")
            json.array(page) { $0.connection($1, known: known, now: now) }
            json.name("rooms"); json.int(rooms.count)
            json.name("nextCursor")
            if let last = page.last, connections.count > page.count {
                json.string("\(last.connectedAt.milliseconds)-\(last.id)")
            } else {
                json.null()
            }
        }
        return .json(json.bytes)
    }
}

extension JSONWriter {
    fileprivate mutating func connection(_ info: ConnectionInfo, known: Set<BoardID>, now: Timestamp) {
        object {
            $0.name("id"); $0.string(info.id.description)
            $0.name("userId"); $0.string(info.user.rawValue)
            $0.name("connectedAt"); $0.int(info.connectedAt.milliseconds)
            $0.name("duration"); $0.int(max(.zero, now - info.connectedAt).wholeMilliseconds)
            $0.name("transport"); $0.string(info.wire.transport)
            $0.name("boards")
            switch info.boards {
            case .all: $0.array(known.sorted()) { $0.string($1.rawValue) }
            case .only(let some): $0.array(some.sorted()) { $0.string($1.rawValue) }
            }
            $0.name("types")
            if info.types.wantsEverything { $0.null() } else { $0.array(info.types.items) { $0.string($1) } }
            $0.name("cursor"); $0.string(info.cursor.description)
            $0.name("lag"); $0.int(info.lag)
            $0.name("queuedBytes"); $0.int(info.queuedBytes)
            $0.name("sentEvents"); $0.int(info.sentEvents)
            $0.name("sentBytes"); $0.int(info.sentBytes)
            $0.name("tokenExpiresAt"); $0.int(info.expiresAt.milliseconds)
            $0.name("address"); $0.text(info.client.address)
            $0.name("client"); $0.text(info.client.agent)
        }
    }

    private mutating func text(_ text: String?) { if let text { string(text) } else { null() } }
}

extension JSONSchema {
    fileprivate static let connectionPage = object([
        .required("totalConnections", .integer(from: 0)), .required("connections", .array(of: connection)),
        .required("rooms", .integer(from: 0)), .required("nextCursor", text().orNull),
    ]).named("ConnectionPage")

    private static let connection = object([
        .required("id", .connectionID), .required("userId", .userID),
        .required("connectedAt", integer.described("Milliseconds since 1970.")),
        .required("duration", integer(from: 0).described("Milliseconds.")), .required("transport", text()),
        .required("boards", array(of: .boardID)),
        .required("types", array(of: text()).orNull.described("Null for all.")), .required("cursor", .cursor),
        .required("lag", integer.described("Events that it has not been sent yet.")),
        .required("queuedBytes", .integer(from: 0)), .required("sentEvents", .integer(from: 0)),
        .required("sentBytes", .integer(from: 0)),
        .required("tokenExpiresAt", integer.described("Milliseconds since 1970.")),
        .required("address", text().orNull.described("Where the client is.")),
        .required("client", text(0...ClientLabel.longestAgent).orNull.described("The client's `User-Agent`, cut.")),
    ]).named("Connection")

    /// ``Rooms/ConnectionID``.
    static let connectionID = text(pattern: "^[0-9a-f]{16}$")
}
