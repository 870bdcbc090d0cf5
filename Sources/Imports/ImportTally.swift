import StrictJSON
import TaskFiles

/// Counts the outcomes of a file's rows so far.
struct ImportTally {
    /// The most bad rows, and the most unknown statuses, that are listed in the result.
    static let mostBadRows = 50
    static let mostStatuses = 20

    private(set) var created = 0
    private(set) var bad = 0
    private var badRows: [(number: Int, reason: String)] = []
    private var statuses: [(name: String, count: Int)] = []

    /// Counts a row that was written to the board, or can't be.
    mutating func count(_ row: ImportRow) {
        switch row.outcome {
        case .draft: created += 1
        case .bad(let reason):
            bad += 1
            if badRows.count < Self.mostBadRows { badRows.append((row.number, reason)) }
        }
        guard let status = row.unknownStatus else { return }
        if let index = statuses.firstIndex(where: { $0.name.hasSameBytes(as: status) }) {
            statuses[index].count += 1
        } else if statuses.count < Self.mostStatuses {
            statuses.append((status, 1))
        }
    }

    func message(of file: TaskFile) -> String {
        "\(created + bad) of \(file.count) rows" + (bad == 0 ? "" : ", \(bad) of them bad")
    }

    /// 0 to 99: 100 is for the job's end.
    func progress(of file: TaskFile) -> Int { min(99, (created + bad) * 100 / max(1, file.count)) }

    /// The job's result; at most 64 KiB for any file.
    func result(of file: TaskFile) -> JSONValue {
        var object = JSONObject()
        object["format"] = .string(file.format.rawValue)
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
        object["unknownStatuses"] = .array(
            statuses.map { status in
                var entry = JSONObject()
                entry["status"] = .string(status.name)
                entry["tasks"] = .number(JSONNumber(status.count))
                return .object(entry)
            })
        object["ignoredColumns"] = .array(file.ignoredColumns.map(JSONValue.string))
        return .object(object)
    }
}
