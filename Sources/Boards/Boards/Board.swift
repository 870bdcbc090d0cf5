public import Events
public import StrictJSON
import Text

/// A kanban board: its columns are its statuses, in order.
public struct Board: Sendable, Equatable {
    public let id: BoardID
    public var name: String
    /// 1 to 50 different names of `[a-z0-9_-]{1,64}`, left to right; a new task that names no status goes to the first.
    public var statuses: [String]
    /// 1 when made; one more with each change.
    public var version: Int
    /// The epoch in which ``version`` was written; not a part of what clients see as its fields. That of a board `main`
    /// that was never changed is unknown: it is the same in every life of a database.
    public var epoch: Epoch
    public let createdAt: Timestamp
    public var updatedAt: Timestamp

    public static let defaultStatuses = ["inbox", "in_progress", "review", "done"]

    public init(
        id: BoardID, name: String, statuses: [String], version: Int, epoch: Epoch = .unknown, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.statuses = statuses
        self.version = version
        self.epoch = epoch
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The board that every tenant has from the beginning, without an event that announces it.
    public static func main(since beginning: Timestamp) -> Board {
        Board(
            id: .main, name: "Main", statuses: defaultStatuses, version: 1, createdAt: beginning, updatedAt: beginning)
    }

    /// Writes the object as clients see it.
    public func write(into json: inout JSONWriter) {
        json.object {
            $0.name("id")
            $0.string(id.rawValue)
            $0.name("name")
            $0.string(name)
            $0.name("statuses")
            $0.array(statuses) { $0.string($1) }
            $0.name("version")
            $0.int(version)
            $0.name("createdAt")
            $0.timestamp(createdAt)
            $0.name("updatedAt")
            $0.timestamp(updatedAt)
        }
    }

    /// Compares what clients see; names by bytes.
    public static func == (left: Board, right: Board) -> Bool {
        left.id == right.id && left.name.hasSameBytes(as: right.name) && left.statuses == right.statuses
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
            let statuses = object["statuses"]?.array?.compactMap(\.string), !statuses.isEmpty,
            let version = object["version"]?.int,
            let createdAt = object["createdAt"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let updatedAt = object["updatedAt"]?.string.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            id: id, name: name, statuses: statuses, version: version, createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension JSONWriter {
    public mutating func timestamp(_ value: Timestamp) {
        string(value.description)
    }
}
