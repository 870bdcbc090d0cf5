public import StrictJSON
import Text

/// A column of a board: a status, and how people see it.
public struct StatusColumn: Sendable, Equatable {
    /// The status of its tasks: `[a-z0-9_-]{1,64}`.
    public let id: String
    /// 1 to 100 characters of any script.
    public var name: String
    /// How many tasks it should hold at most, for people to see; nothing enforces it. Nil for any number.
    public var limit: Int?

    public static let limits = 1...100_000

    public init(id: String, name: String, limit: Int? = nil) {
        self.id = id
        self.name = name
        self.limit = limit
    }

    /// One that only its status is known of: `in_progress` is shown as `In progress`.
    public init(status: String) {
        let words = status.split { "_-".contains($0) }.joined(separator: " ")
        self.init(id: status, name: words.isEmpty ? status : words.prefix(1).uppercased() + words.dropFirst())
    }

    /// One for a list of a file, whose name may be anything: what can't be a column's name is cut, or made of the status.
    public init(id: String, list: String) {
        let name = String(String.UnicodeScalarView(list.trimmed.unicodeScalars.prefix(100)))
        let isName = FieldReader.problem(with: name, 1...100) == nil && FieldReader.isShown(name)
        self.init(id: id, name: isName ? name : StatusColumn(status: id).name)
    }

    public static func == (left: StatusColumn, right: StatusColumn) -> Bool {
        left.id == right.id && left.name.hasSameBytes(as: right.name) && left.limit == right.limit
    }

    /// Writes the object as clients see it.
    public func write(into json: inout JSONWriter) {
        json.object {
            $0.name("id")
            $0.string(id)
            $0.name("name")
            $0.string(name)
            $0.name("limit")
            if let limit { $0.int(limit) } else { $0.null() }
        }
    }

    /// What ``write(into:)`` writes.
    static let schema = JSONSchema.object([
        .required("id", .status),
        .required("name", .text(1...100)),
        .required("limit", .integer(limits).orNull.described("How many tasks it should hold; nothing enforces it.")),
    ]).named("Column")

    /// Reads what ``write(into:)`` wrote; nil for anything else.
    public init?(_ value: JSONValue) {
        guard let object = value.object, let id = object["id"]?.string, Board.isStatus(id),
            let name = object["name"]?.string, let limit = object["limit"]
        else { return nil }
        guard limit.isNull || limit.int.map(Self.limits.contains) == true else { return nil }
        self.init(id: id, name: name, limit: limit.int)
    }
}

extension JSONWriter {
    public mutating func columns(_ columns: [StatusColumn]) { array(columns) { $1.write(into: &$0) } }
}
