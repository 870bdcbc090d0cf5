import Boards
import Events
import HTTPTypes
import Hummingbird
import Rooms
import StrictJSON
import Text

/// `GET /sse/stats` (admin): the tenant's live connections, a page at a time; on all nodes, where there are several.
struct StatsCalls {
    let relay: Relay
    let nodes: Nodes?

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
                answers: [.json(.connectionPage)], refusals: [.notFound, .serviceUnavailable], stats)
        ]
    }

    /// The nodes that do not answer in time are listed as silent, and their connections are left out.
    @Sendable func stats(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let query = try Self.query(input.query)
        let others = try await nodes?.ask(.list(query), of: context.tenant)
        var list = try await ConnectionList(query, of: context.tenant, on: relay, node: nodes?.settings.name)
        for reply in others?.all.values.map({ $0 }) ?? [] { list.add(reply) }
        var json = JSONWriter(reserving: 256 + list.rows.count * 256)
        json.object { json in
            list.write(into: &json)
            guard let nodes, let others else { return }
            let silent = Set(others.silent.map(\.id))
            json.name("nodes")
            json.array([nodes.own] + others.asked) { $0.node($1, isSilent: silent.contains($1.id)) }
        }
        return .json(json.bytes)
    }

    private static func query(_ query: Query) throws(Problem) -> ConnectionQuery {
        var asked = ConnectionQuery(limit: try query.int(limit))
        // What can't be a user's id is nobody's.
        if let user = query["userId"] { asked.user = UserID(user) ?? UserID("\u{1}")! }
        if let name = query["board"] {
            guard let board = BoardID(name) else { throw Problem.notFound }
            asked.board = board
        }
        if let cursor = query["cursor"] {
            let place = cursor.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard place.count == 2, let time = Int(digits: place[0]).map(Timestamp.init(milliseconds:)) else {
                throw Problem.badQuery("cursor", "not one of ours")
            }
            asked.after = .init(connectedAt: time, id: place[1])
        }
        return asked
    }
}

extension JSONWriter {
    fileprivate mutating func node(_ state: NodeState, isSilent: Bool) {
        object {
            $0.name("id"); $0.string(state.id.description)
            $0.name("name"); $0.string(state.name)
            $0.name("address"); $0.string(state.address)
            $0.name("startedAt"); $0.int(state.startedAt.milliseconds)
            $0.name("connections"); $0.int(state.connections)
            $0.name("silent"); $0.bool(isSilent)
        }
    }
}

extension JSONSchema {
    fileprivate static let connectionPage = object([
        .required("totalConnections", .integer(from: 0)), .required("connections", .array(of: connection)),
        .required("rooms", .integer(from: 0)), .required("nextCursor", text().orNull),
        .optional(
            "nodes", array(of: node).described("Where several gateways share a database: this one, and the others.")),
    ]).named("ConnectionPage")

    private static let node = object([
        .required("id", text()), .required("name", text()), .required("address", text()),
        .required("startedAt", integer.described("Milliseconds since 1970.")),
        .required("connections", integer(from: 0).described("Of all tenants.")),
        .required("silent", boolean.described("It has not answered: its connections are not listed.")),
    ]).named("Node")

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
        .optional("node", text().described("The name of the gateway that has it, where there are several.")),
    ]).named("Connection")

    /// ``Rooms/ConnectionID``.
    static let connectionID = text(pattern: "^[0-9a-f]{16}$")
}
