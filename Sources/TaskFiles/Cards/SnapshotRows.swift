import Boards
import StrictJSON
import Text

/// The tasks of a snapshot: by column, and in each column in order.
struct SnapshotRows: TaskRows {
    let bytes: SharedBytes
    /// Where each task begins.
    let offsets: [Int]
    let lists: [String]
    /// Those of its board.
    let columns: [StatusColumn]

    var isOurs: Bool { true }
    var count: Int { offsets.count }

    func row(_ index: Int, on statuses: StatusMap) -> ImportRow {
        let number = index + 1
        let value = try? JSONParts.value(at: offsets[index], of: bytes, limits: JSONFileIndex.limits)
        guard let task = value?.object else { return .bad(number, "it is not a JSON object") }
        if let name = task["name"], name.string == nil, !name.isNull { return .bad(number, "name must be a string") }
        var row = RowFields()
        for (name, value) in task.members.map({ ($0.name, $0.value) }) where !value.isNull {
            switch (name, value.string) {
            case ("name", let text?): row.name = text
            case ("description", let text?): row.description = text
            case ("status", let text?): row.status = text
            case ("priority", let text?): row.take(priority: text)
            case ("assigneeId", let text?): row.take(assignee: text)
            case ("dueAt", let text?): row.take(due: text)
            case ("labels", nil) where value.array != nil: row.take(labels: value.array ?? [])
            case ("description", _): row.note(unknown: .description, value.summary)
            case ("status", _): row.note(unknown: .status, value.summary)
            case ("priority", _): row.note(unknown: .priority, value.summary)
            case ("assigneeId", _): row.note(unknown: .assignee, value.summary)
            case ("dueAt", _): row.note(unknown: .date, value.summary)
            case ("labels", _): row.note(unknown: .label, value.summary)
            default: if !Self.serverOwned.contains(name) { row.notes.append(.passedOver(name.prefixOfScalars(64))) }
            }
        }
        return row.row(number, on: statuses)
    }

    private static let serverOwned: Set = ["id", "boardId", "rank", "version", "createdBy", "createdAt", "updatedAt"]
}

extension RowFields {
    fileprivate mutating func take(labels values: [JSONValue]) {
        for value in values {
            if let label = value.string { labels.append(label) } else { note(unknown: .label, value.summary) }
        }
    }
}

extension JSONValue {
    /// What it is, for a report: the text of a scalar, or the kind of value.
    fileprivate var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text.prefixOfScalars(64)
        case .string(let text): text.prefixOfScalars(64)
        case .array: "[…]"
        case .object: "{…}"
        }
    }
}
