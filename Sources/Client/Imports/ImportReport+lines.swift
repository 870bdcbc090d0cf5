import StrictJSON
import Text

/// What an import did not take over from its file, a line for each: the board's page says the same
/// (`import-report.js`; `Tests/Vectors/import-report.json` holds both to it).
extension ImportReport {
    static func lines(of result: JSONObject) -> [String] {
        badRows(of: result) + values(of: result) + cuts(of: result) + others(of: result)
    }

    private static func badRows(of result: JSONObject) -> [String] {
        let rows = objects("badRows", of: result)
        let lines = rows.map { "row \($0["row"]?.int ?? 0): \(($0["reason"]?.string ?? "").printable)" }
        let more = (result["bad"]?.int ?? 0) - rows.count
        return more > 0 ? lines + ["and \(more) more bad \(more == 1 ? "row" : "rows")"] : lines
    }

    /// Values that were not understood.
    private static func values(of result: JSONObject) -> [String] {
        kinds.flatMap { list, name, words in
            objects(list, of: result).map { entry in
                let count = entry["tasks"]?.int ?? 0
                let tasks = count == 1 ? "1 task" : "\(count) tasks"
                let value = (entry[name]?.string ?? "").printable
                return words(value, tasks, count == 1) + rows(of: entry, count)
            }
        }
    }

    private static let kinds: [(String, String, @Sendable (String, String, Bool) -> String)] = [
        ("unknownStatuses", "status", { "no column “\($0)” here: \($1) \($2 ? "is" : "are") in the first" }),
        ("unknownPriorities", "priority", { "no priority “\($0)” here: \($1) \($2 ? "is" : "are") medium" }),
        ("unknownDates", "date", { "the date “\($0)” can't be read: \($1) \($2 ? "has" : "have") none" }),
        ("unknownAssignees", "assignee", { "“\($0)” can't be an assignee: \($1) \($2 ? "has" : "have") none" }),
        ("unknownLabels", "label", { "“\($0)” can't be a label: \($1) \($2 ? "is" : "are") without it" }),
        (
            "unknownDescriptions", "description",
            { "“\($0)” can't be a description: \($1) \($2 ? "has" : "have") none" }
        ),
    ]

    private static func cuts(of result: JSONObject) -> [String] {
        let cut = objects("cutFields", of: result).map { entry in
            let count = entry["tasks"]?.int ?? 0
            let tasks = count == 1 ? "1 task" : "\(count) tasks"
            return "\((entry["field"]?.string ?? "").printable) too long: cut in \(tasks)" + rows(of: entry, count)
        }
        let kept = objects("keptInDescription", of: result).map { entry in
            let count = entry["tasks"]?.int ?? 0
            let tasks = count == 1 ? "1 task" : "\(count) tasks"
            let column = (entry["column"]?.string ?? "").printable
            return "“\(column)” is in the description of \(tasks)" + rows(of: entry, count)
        }
        return cut + kept
    }

    private static func others(of result: JSONObject) -> [String] {
        var lines: [String] = []
        let added = objects("addedColumns", of: result).compactMap { $0["name"]?.string }
        if !added.isEmpty { lines.append("columns added: \(added.joined(separator: ", ").printable)") }
        let archived = result["archived"]?.int ?? 0
        if archived > 0 { lines.append("\(archived) archived \(archived == 1 ? "card was" : "cards were") left out") }
        let counts = result["leftOut"]?.object
        let left = leftOut.compactMap { name, words in
            counts?[name]?.int.flatMap { $0 > 0 ? "\(words): \($0)" : nil }
        }
        if !left.isEmpty { lines.append("left out: \(left.joined(separator: ", "))") }
        switch result["encoding"]?.string {
        case "utf-8, windows-1252"?: lines.append("the file is not all UTF-8: the rest was read as Windows-1252")
        case let name? where !name.hasPrefix("utf-"):
            lines.append("the file is not UTF-8: it was read as \(encoding(name.printable))")
        default: break
        }
        let columns = texts("ignoredColumns", of: result)
        if !columns.isEmpty { lines.append("passed over: \(columns)") }
        return lines
    }

    private static let leftOut = [
        ("comments", "comments"), ("attachments", "attachments"), ("customFields", "values of custom fields"),
        ("completedDates", "due dates that are done"), ("checklists", "checklists of no card"),
    ]

    /// `Windows-1250`, `ISO-8859-2`: as people write them.
    private static func encoding(_ name: String) -> String {
        let word = "windows"
        return name.hasPrefix(word) ? "Windows" + name.dropFirst(word.count) : name.uppercased()
    }

    /// ` (rows 4, 5 …)`
    private static func rows(of entry: JSONObject, _ count: Int) -> String {
        let rows = entry["rows"]?.array?.compactMap(\.int) ?? []
        guard !rows.isEmpty else { return "" }
        let list = rows.map(String.init).joined(separator: ", ")
        return " (\(count == 1 ? "row" : "rows") \(list)\(rows.count < count ? " …" : ""))"
    }

    private static func objects(_ name: String, of result: JSONObject) -> [JSONObject] {
        result[name]?.array?.compactMap(\.object) ?? []
    }

    private static func texts(_ name: String, of result: JSONObject) -> String {
        (result[name]?.array?.compactMap(\.string) ?? []).joined(separator: ", ").printable
    }
}
