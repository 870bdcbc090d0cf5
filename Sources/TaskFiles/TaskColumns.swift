import StrictJSON
import Text

/// Which columns of a CSV file are for which fields of a task.
struct TaskColumns {
    /// As an export has them.
    static let exported = [
        "name", "description", "status", "priority", "assigneeId", "labels", "dueAt", "id", "createdBy", "createdAt",
    ]

    /// Names as people write them, and the field that each stands for.
    private static let known = [
        "name": "name", "title": "name", "task": "name", "description": "description", "status": "status",
        "list": "status", "priority": "priority", "assigneeid": "assigneeId", "assignee": "assigneeId",
        "labels": "labels", "tags": "labels", "dueat": "dueAt", "due": "dueAt", "duedate": "dueAt",
    ]
    /// Written by an export; an import makes its own.
    private static let silent: Set = ["id", "createdby", "createdat", "updatedat", "version", "rank", "boardid"]

    private let columns: [String?]
    let ignored: [String]

    init(_ header: [String]) throws(TaskFileError) {
        var columns: [String?] = []
        var ignored: [String] = []
        for title in header {
            let folded = Self.fold(title)
            let field = Self.known[folded]
            if let field, columns.contains(field) { throw .columnTwice(field) }
            columns.append(field)
            if field == nil, !Self.silent.contains(folded), ignored.count < 20 {
                ignored.append(title.prefixOfScalars(64))
            }
        }
        guard columns.contains("name") else { throw .noNameColumn }
        (self.columns, self.ignored) = (columns, ignored)
    }

    /// Empty fields say nothing; those that are missing at a record's end are empty.
    func fields(of record: [String]) -> RowFields {
        var row = RowFields()
        for (column, text) in zip(columns, record) where !text.isEmpty {
            let text = SpreadsheetText.unshielded(text)
            switch column {
            case "status": row.status = text
            case "labels": row.fields["labels"] = .array(LabelList.labels(in: text).map(JSONValue.string))
            case "priority": row.fields["priority"] = .string(text.lowercased())
            case "dueAt": row.fields["dueAt"] = .string(Self.isDate(text) ? text + "T00:00:00Z" : text)
            case let field?: row.fields[field] = .string(text)
            case nil: break
            }
        }
        return row
    }

    /// `2026-01-15`: a day, which begins at midnight in UTC.
    private static func isDate(_ text: String) -> Bool {
        text.utf8.count == 10
            && text.utf8.enumerated().allSatisfy { $0 == 4 || $0 == 7 ? $1 == UInt8(ascii: "-") : $1.isASCIIDigit }
    }

    /// ASCII letters alone, small: `Due date` is `duedate`.
    private static func fold(_ title: String) -> String {
        let letters = title.utf8.prefix(64).filter(\.isASCIILetter)
        return String(decoding: letters.map { $0 | 0x20 }, as: UTF8.self)
    }
}
