import Events
import StrictJSON

/// One member of an event's `changes`: `"name":["old","new"]`.
struct FieldChange {
    let field: StaticString
    let old: JSONValue
    let new: JSONValue

    /// The object of the changes.
    static let schema = JSONSchema.map(of: .array(of: .any, 2...2)).described("`{field: [old, new]}`")
}

extension BoardTask {
    /// The fields that differ in `new`, except its place on the board, version and times.
    func fieldChanges(to new: BoardTask) -> [FieldChange] {
        var changes: [FieldChange] = []
        if !name.hasSameBytes(as: new.name) {
            changes.append(FieldChange(field: "name", old: .string(name), new: .string(new.name)))
        }
        if !description.hasSameBytes(as: new.description) {
            changes.append(
                FieldChange(field: "description", old: .string(description), new: .string(new.description)))
        }
        if priority != new.priority {
            changes.append(
                FieldChange(field: "priority", old: .string(priority.rawValue), new: .string(new.priority.rawValue)))
        }
        if assignee != new.assignee {
            changes.append(
                FieldChange(
                    field: "assigneeId", old: .init(assignee?.rawValue), new: .init(new.assignee?.rawValue)))
        }
        if !labels.elementsEqual(new.labels, by: { $0.hasSameBytes(as: $1) }) {
            changes.append(FieldChange(field: "labels", old: .init(labels), new: .init(new.labels)))
        }
        if dueAt != new.dueAt {
            changes.append(
                FieldChange(field: "dueAt", old: .init(dueAt?.description), new: .init(new.dueAt?.description)))
        }
        return changes
    }

    /// The differences in the task's place: status and rank.
    func placeChanges(to new: BoardTask) -> [FieldChange] {
        var changes: [FieldChange] = []
        if status != new.status {
            changes.append(FieldChange(field: "status", old: .string(status), new: .string(new.status)))
        }
        if rank != new.rank {
            changes.append(FieldChange(field: "rank", old: .string(rank.rawValue), new: .string(new.rank.rawValue)))
        }
        return changes
    }
}

extension Board {
    func changes(to new: Board) -> [FieldChange] {
        var changes: [FieldChange] = []
        if !name.hasSameBytes(as: new.name) {
            changes.append(FieldChange(field: "name", old: .string(name), new: .string(new.name)))
        }
        if statuses != new.statuses {
            changes.append(FieldChange(field: "statuses", old: .init(statuses), new: .init(new.statuses)))
        }
        if columns != new.columns {
            changes.append(FieldChange(field: "columns", old: .init(columns), new: .init(new.columns)))
        }
        return changes
    }
}

extension JSONValue {
    fileprivate init(_ columns: [StatusColumn]) {
        self = .array(
            columns.map { column in
                var object = JSONObject()
                object["id"] = .string(column.id)
                object["name"] = .string(column.name)
                object["limit"] = column.limit.map { .number(JSONNumber($0)) } ?? .null
                return .object(object)
            })
    }

    fileprivate init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
    fileprivate init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }
}
