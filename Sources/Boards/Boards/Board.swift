public import Events
public import StrictJSON
import Text

/// A kanban board: its columns, from left to right, each for one status.
public struct Board: Sendable, Equatable {
    public let id: BoardID
    public var name: String
    /// 1 to 50 with different ids; a new task that names no status goes to the first.
    public var columns: [StatusColumn]
    /// 1 when made; one more with each change.
    public var version: Int
    /// The epoch in which ``version`` was written; not a part of what clients see as its fields. That of a board `main`
    /// that was never changed is unknown: it is the same in every life of a database.
    public var epoch: Epoch
    public let createdAt: Timestamp
    public var updatedAt: Timestamp

    public static let defaultStatuses = ["inbox", "in_progress", "review", "done"]
    static let columnCounts = 1...50

    public init(
        id: BoardID, name: String, columns: [StatusColumn], version: Int, epoch: Epoch = .unknown, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.columns = columns
        self.version = version
        self.epoch = epoch
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The ids of the columns.
    public var statuses: [String] { columns.map(\.id) }

    /// The board that every tenant has from the beginning, without an event that announces it.
    public static func main(since beginning: Timestamp) -> Board {
        Board(
            id: .main, name: "Main", columns: defaultStatuses.map(StatusColumn.init(status:)), version: 1,
            createdAt: beginning, updatedAt: beginning)
    }

    /// Writes the object as clients see it.
    public func write(into json: inout JSONWriter) {
        json.object {
            $0.name("id")
            $0.string(id.rawValue)
            $0.name("name")
            $0.string(name)
            $0.name("statuses")
            $0.array(columns) { $0.string($1.id) }
            $0.name("columns")
            $0.columns(columns)
            $0.name("version")
            $0.int(version)
            $0.name("createdAt")
            $0.timestamp(createdAt)
            $0.name("updatedAt")
            $0.timestamp(updatedAt)
        }
    }

    /// What ``write(into:)`` writes.
    public static let schema = JSONSchema.object([
        .required("id", .boardID),
        .required("name", .text(1...500)),
        .required("statuses", .array(of: .status).described("The ids of the columns, from left to right.")),
        .required("columns", .array(of: StatusColumn.schema)),
        .required("version", .integer(from: 1)),
        .required("createdAt", .time),
        .required("updatedAt", .time),
    ]).named("Board")

    /// Compares what clients see; names by bytes.
    public static func == (left: Board, right: Board) -> Bool {
        left.id == right.id && left.name.hasSameBytes(as: right.name) && left.columns == right.columns
            && left.version == right.version && left.createdAt == right.createdAt && left.updatedAt == right.updatedAt
    }

    /// Whether a board may have a status of this name.
    public static func isStatus(_ text: String) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { $0.isASCIILowercase || $0.isASCIIDigit || "_-".utf8.contains($0) }
    }
}

extension Board {
    /// Reads what ``write(into:)`` wrote; nil for anything else.
    init?(_ object: JSONObject) {
        guard let id = object["id"]?.string.flatMap(BoardID.init), let name = object["name"]?.string,
            let columns = Self.columns(object), !columns.isEmpty,
            let version = object["version"]?.int,
            let createdAt = object["createdAt"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let updatedAt = object["updatedAt"]?.string.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            id: id, name: name, columns: columns, version: version, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// Those of a board that was written before columns had names have the names that their statuses give.
    private static func columns(_ object: JSONObject) -> [StatusColumn]? {
        guard let columns = object["columns"] else {
            return object["statuses"]?.array?.compactMap(\.string).map(StatusColumn.init(status:))
        }
        return columns.array.flatMap { values in
            let columns = values.compactMap { StatusColumn($0) }
            return columns.count == values.count ? columns : nil
        }
    }
}

extension JSONWriter {
    public mutating func timestamp(_ value: Timestamp) {
        string(value.description)
    }
}
