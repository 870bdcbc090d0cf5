import StrictJSON
import Text

/// A tenant's live connections, put together from the pages of `/sse/stats`.
public struct ConnectionReport {
    private var first: JSONObject?
    private var connections: [JSONObject] = []

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

    /// The pages as one object in one line.
    public var json: String {
        var whole = first ?? JSONObject()
        whole["connections"] = .array(connections.map { .object($0) })
        whole["nextCursor"] = .null
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
        return (lines + [sum]).joined(separator: "\n")
    }
}
