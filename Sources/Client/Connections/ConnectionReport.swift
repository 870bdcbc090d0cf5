import Events
import StrictJSON
import Text

/// A tenant's live connections, put together from the pages of `/sse/stats`.
public struct ConnectionReport {
    private var first: JSONObject?
    private var connections: [JSONObject] = []
    /// What `/api/server` says; nil for a server that does not know it.
    private var server: JSONObject?

    /// A report without any page.
    public init() {}

    /// Adds a page and returns the cursor of the next one, if there is one.
    ///
    /// - Throws: ``Failure`` of unreachable for anything else than such a page.
    public mutating func add(page bytes: [UInt8]) throws(Failure) -> String? {
        guard let page = try? JSONParser.parse(bytes, limits: .init(bytes: 64 << 20)).object,
            page["totalConnections"]?.int != nil, let connections = page["connections"]?.array
        else { throw Failure(.unreachable, "the answer is not one of a Boardcast server") }
        if first == nil { first = page }
        self.connections += connections.compactMap(\.object)
        return connections.isEmpty ? nil : page["nextCursor"]?.string
    }

    /// Adds what `/api/server` says.
    public mutating func add(server bytes: [UInt8]) { server = try? JSONParser.parse(bytes).object }

    /// The pages as one object in one line.
    public var json: String {
        var whole = first ?? JSONObject()
        whole["connections"] = .array(connections.map { .object($0) })
        whole["nextCursor"] = .null
        if let server { whole["server"] = .object(server) }
        var json = JSONWriter()
        json.value(.object(whole))
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// A table for people, with a line that sums it up.
    public var table: String {
        let rows = connections.map { connection in
            func text(_ name: String) -> String { (connection[name]?.string ?? "-").printable }
            func number(_ name: String) -> String { connection[name]?.int.map { String($0) } ?? "-" }
            let boards = connection["boards"]?.array?.compactMap(\.string).joined(separator: ",") ?? "-"
            let age = connection["duration"]?.int.map { Duration.milliseconds($0).text } ?? "-"
            return [
                text("userId"), age, text("transport"), boards.printable, text("cursor"), number("lag"),
                number("queuedBytes"), number("sentEvents"), text("id"),
            ]
        }
        let head = ["USER", "FOR", "BY", "BOARDS", "CURSOR", "LAG", "QUEUED", "SENT", "CONNECTION"]
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = (rows.isEmpty ? [] : [head] + rows).map { row in
            zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmed.description
        }
        let total = first?["totalConnections"]?.int ?? 0
        let rooms = first?["rooms"]?.int ?? 0
        let sum = "\(total) \(total == 1 ? "connection" : "connections"), \(rooms) \(rooms == 1 ? "room" : "rooms")"
        return (lines + [sum] + (server.map { [Self.line($0)] } ?? [])).joined(separator: "\n")
    }

    /// Which server it is, in a line: its version, for how long it runs, its newest event, its database.
    private static func line(_ server: JSONObject) -> String {
        var parts = ["Boardcast \((server["version"]?.string ?? "").printable)".trimmed.description]
        if let start = server["startedAt"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
            let now = server["time"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        {
            parts.append("up \(max(.zero, now - start).text)")
        }
        let (head, oldest) = (server["log"]?.object?["head"]?.int ?? 0, server["log"]?.object?["oldest"]?.int ?? 1)
        parts.append(head == 0 ? "no event yet" : "newest event \(head), oldest in the log \(oldest)")
        if let database = server["database"]?.object, let bytes = database["bytes"]?.int {
            parts.append("database \(size(bytes)), and \(size(database["logBytes"]?.int ?? 0)) of log")
        }
        return parts.joined(separator: ", ")
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 10_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
    }
}
