import Boards
import Events
import NIOCore
import Rooms
import StrictJSON
import Text

/// A page of a tenant's connections, oldest first: those of this node, or of several put together.
struct ConnectionList: Sendable {
    struct Row: Sendable {
        let place: ConnectionQuery.Place
        /// The connection as an object.
        let json: [UInt8]
    }

    private(set) var rows: [Row] = []
    /// How many there are, before and after the page too.
    private(set) var total = 0
    /// How many follow the page.
    private var following = 0
    private var rooms: Set<String> = []
    private let limit: Int

    /// The most rooms that a node names to another.
    static let mostRooms = 10_000

    /// - Parameter node: the name that each connection bears; nil where there is one node.
    init(_ query: ConnectionQuery, of tenant: TenantID, on relay: Relay, node: String?) async throws {
        limit = query.limit
        var connections: [ConnectionInfo] = []
        for hub in relay.hubs {
            let part = try await hub.describe(tenant).get()
            connections += part.connections
            rooms.formUnion(part.rooms.map(\.audience.name))
        }
        if let user = query.user { connections.removeAll { $0.user != user } }
        if let board = query.board { connections.removeAll { !$0.boards.contains(board) } }
        total = connections.count
        var placed = connections.map { (place: ConnectionQuery.Place($0), info: $0) }
        if let after = query.after { placed.removeAll { $0.place <= after } }
        placed.sort { $0.place < $1.place }
        let now = relay.wallClock()
        let known = relay.boards(of: tenant) ?? [.main]
        rows = placed.prefix(limit).map { place, info in
            var json = JSONWriter(reserving: 256)
            json.connection(info, on: node, known: known, now: now)
            return Row(place: place, json: json.bytes)
        }
        following = placed.count - rows.count
    }

    /// Puts in what another node has, as ``json`` has it. What can't be read is left out.
    mutating func add(_ reply: JSONObject) {
        guard let count = reply["total"]?.int, let more = reply["following"]?.int, let list = reply["rows"]?.array,
            let names = reply["rooms"]?.array
        else { return }
        total += count
        rooms.formUnion(names.compactMap(\.string))
        rows += list.compactMap { Row($0) }
        rows.sort { $0.place < $1.place }
        following += more + max(0, rows.count - limit)
        rows = Array(rows.prefix(limit))
    }

    /// Where the next page begins; nil for the last one.
    var next: ConnectionQuery.Place? { following > 0 ? rows.last?.place : nil }

    /// The members of the answer to a client.
    func write(into json: inout JSONWriter) {
        json.name("totalConnections"); json.int(total)
        json.name("connections"); json.array(rows) { $0.raw($1.json) }
        json.name("rooms"); json.int(rooms.count)
        json.name("nextCursor")
        if let next { json.string("\(next.connectedAt.milliseconds)-\(next.id)") } else { json.null() }
    }

    /// The reply to another node.
    var json: [UInt8] {
        var json = JSONWriter(reserving: 256 + rows.count * 320)
        json.object { json in
            json.name("total"); json.int(total)
            json.name("following"); json.int(following)
            json.name("rooms"); json.array(rooms.prefix(Self.mostRooms)) { $0.string($1) }
            json.name("rows")
            json.array(rows) { json, row in
                json.object {
                    $0.name("at"); $0.int(row.place.connectedAt.milliseconds)
                    $0.name("id"); $0.string(row.place.id)
                    // As a text, so that it need not be read and written again.
                    $0.name("json"); $0.string(String(decoding: row.json, as: UTF8.self))
                }
            }
        }
        return json.bytes
    }
}

extension ConnectionList.Row {
    fileprivate init?(_ value: JSONValue) {
        guard let object = value.object, let time = object["at"]?.int, let id = object["id"]?.string,
            let json = object["json"]?.string
        else { return nil }
        place = .init(connectedAt: Timestamp(milliseconds: time), id: id)
        self.json = Array(json.utf8)
    }
}

extension ConnectionQuery.Place {
    fileprivate init(_ info: ConnectionInfo) {
        self.init(connectedAt: info.connectedAt, id: info.id.description)
    }
}

extension Audience {
    /// The same for the same audience, on every node.
    fileprivate var name: String {
        switch self {
        case .tenant: "t"
        case .board(let id): "b\(id)"
        case .user(let id): "u\(id)"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func connection(
        _ info: ConnectionInfo, on node: String?, known: Set<BoardID>, now: Timestamp
    ) {
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
            if let node {
                $0.name("node"); $0.string(node)
            }
        }
    }

    private mutating func text(_ text: String?) { if let text { string(text) } else { null() } }
}
