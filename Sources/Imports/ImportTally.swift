import Boards
import StrictJSON
import TaskFiles
import Text

/// Counts the outcomes of a file's rows so far.
struct ImportTally {
    /// The most of each kind that are listed in the result.
    static let mostBadRows = 50
    static let mostStatuses = 20
    static let mostValues = 10
    static let mostColumns = 20
    /// The most rows that are named for one value.
    static let mostRows = 5

    private(set) var created = 0
    private(set) var bad = 0
    /// What was added to the board for the file's lists.
    var addedColumns: [StatusColumn] = []
    private var badRows: [(number: Int, reason: String)] = []
    private var unknown: [ImportField: [Occurrence]] = [:]
    private var cut: [Occurrence] = []
    private var passedOver: [String] = []
    private var kept: [Occurrence] = []

    private struct Occurrence {
        let value: String
        var count = 0
        var rows: [Int] = []
    }

    /// Counts a row that was written to the board, or can't be.
    mutating func count(_ row: ImportRow) {
        switch row.outcome {
        case .draft: created += 1
        case .bad(let reason):
            bad += 1
            if badRows.count < Self.mostBadRows { badRows.append((row.number, reason)) }
        }
        for note in row.notes {
            switch note {
            case .unknown(.status, let value):
                Self.count(value, in: row, &unknown[.status, default: []], Self.mostStatuses)
            case .unknown(let field, let value):
                let value = String(value.printable.unicodeScalars.prefix(48))
                Self.count(value, in: row, &unknown[field, default: []], Self.mostValues)
            case .cut(let field): Self.count(field.rawValue, in: row, &cut, ImportField.allCases.count)
            case .passedOver(let name):
                let name = name.printable
                let isNew = !passedOver.contains { $0.hasSameBytes(as: name) }
                if isNew, passedOver.count < Self.mostColumns { passedOver.append(name) }
            case .kept(let title): Self.count(title, in: row, &kept, Self.mostColumns)
            }
        }
    }

    private static func count(
        _ value: String, in row: ImportRow, _ occurrences: inout [Occurrence], _ limit: Int
    ) {
        var index = occurrences.firstIndex { $0.value.hasSameBytes(as: value) }
        if index == nil, occurrences.count < limit {
            occurrences.append(Occurrence(value: value))
            index = occurrences.count - 1
        }
        guard let index else { return }
        occurrences[index].count += 1
        if occurrences[index].rows.count < mostRows { occurrences[index].rows.append(row.number) }
    }

    func message(of file: TaskFile) -> String {
        let isOne = file.count == 1
        return "\(created + bad) of \(file.count) \(isOne ? "row" : "rows")"
            + (bad == 0 ? "" : isOne ? ", and it is bad" : ", \(bad) of them bad")
    }

    /// 0 to 99: 100 is for the job's end.
    func progress(of file: TaskFile) -> Int { min(99, (created + bad) * 100 / max(1, file.count)) }

    /// The job's result; at most 64 KiB for any file.
    func result(of file: TaskFile) -> JSONValue {
        var object = JSONObject()
        object["format"] = .string(file.format.rawValue)
        object["encoding"] = .string(file.encoding.name)
        object["rows"] = .number(JSONNumber(file.count))
        object["created"] = .number(JSONNumber(created))
        object["bad"] = .number(JSONNumber(bad))
        object["archived"] = .number(JSONNumber(file.archived))
        object["badRows"] = .array(
            badRows.map { row in
                var entry = JSONObject()
                entry["row"] = .number(JSONNumber(row.number))
                entry["reason"] = .string(row.reason)
                return .object(entry)
            })
        object["unknownStatuses"] = entries(of: .status, "status")
        object["unknownPriorities"] = entries(of: .priority, "priority")
        object["unknownDates"] = entries(of: .date, "date")
        object["unknownAssignees"] = entries(of: .assignee, "assignee")
        object["unknownLabels"] = entries(of: .label, "label")
        object["unknownDescriptions"] = entries(of: .description, "description")
        object["cutFields"] = .array(cut.map { Self.entry($0, "field") })
        object["keptInDescription"] = .array(kept.map { Self.entry($0, "column") })
        object["leftOut"] = leftOut(of: file)
        object["addedColumns"] = .array(addedColumns.map(Self.entry))
        object["ignoredColumns"] = .array(
            (file.ignoredColumns + passedOver).prefix(Self.mostColumns).map(JSONValue.string))
        return .object(object)
    }

    private func entries(of field: ImportField, _ name: String) -> JSONValue {
        .array((unknown[field] ?? []).map { Self.entry($0, name) })
    }

    private static func entry(_ occurrence: Occurrence, _ name: String) -> JSONValue {
        var entry = JSONObject()
        entry[name] = .string(occurrence.value)
        entry["tasks"] = .number(JSONNumber(occurrence.count))
        entry["rows"] = .array(occurrence.rows.map { .number(JSONNumber($0)) })
        return .object(entry)
    }

    private static func entry(_ column: StatusColumn) -> JSONValue {
        var entry = JSONObject()
        entry["id"] = .string(column.id)
        entry["name"] = .string(column.name)
        return .object(entry)
    }

    private func leftOut(of file: TaskFile) -> JSONValue {
        var object = JSONObject()
        for kind in LeftOut.allCases {
            if let count = file.leftOut[kind], count > 0 { object[kind.rawValue] = .number(JSONNumber(count)) }
        }
        return .object(object)
    }
}
