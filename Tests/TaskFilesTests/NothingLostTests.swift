import Boards
import Events
import TestSupport
import Testing

@testable import TaskFiles

/// No table comes in, no card is lost: cards in are the rows with a name.
@Suite struct NothingLostTests {
    private static let titles = [
        "Title", "Summary", "Task Name", "Status", "Priority", "Assignee", "Assignee", "Labels", "Tags", "Due Date",
        "Notes",
        "Estimate", "Archived", "TYPE", "", "Members", "Description",
    ]
    private static let values = [
        "", "a", "No priority", "asap", "15/Jan/26", "01/02/2026", "tomorrow", "Done", "Someday", "a,b", "c; d",
        "\"q\"", "x\ny",
        "=1+1", " ", "\t", "ä–“", "true", "note", "9\" screen", "[a, b]", "a,b;c\td",
    ]

    @Test(arguments: 0..<12)
    func `whatever is in the fields of a table, each row with a name is a card`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<60 {
            let separator = [",", ";", "\t"].randomElement(using: &random)!
            let end = ["\n", "\r\n", "\r"].randomElement(using: &random)!
            var header = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                Self.titles.randomElement(using: &random)!
            }
            let place = Int.random(in: 0...header.count, using: &random)
            header.removeAll { ["Title", "Summary", "Task Name"].contains($0) }
            header.insert("Name", at: min(place, header.count))
            let column = header.firstIndex(of: "Name")!
            func line(_ fields: [String]) -> String {
                fields.map { field in
                    let needsQuotes = field.contains { separator.contains($0) || "\"\n\r".contains($0) }
                    return needsQuotes || Bool.random(using: &random)
                        ? "\""
                            + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                            + "\""
                        : field
                }.joined(separator: separator) + end
            }
            var text = (0..<Int.random(in: 0...2, using: &random)).map { _ in separator + separator + end }.joined()
            text += line(header)
            var names: [String] = []
            var nameless = 0
            for number in 0..<Int.random(in: 0...20, using: &random) {
                var row = header.map { _ in Self.values.randomElement(using: &random)! }
                row[column] = Int.random(in: 0..<6, using: &random) == 0 ? "" : "card \(number)"
                // A line with nothing on it is no row.
                if row.count == 1, row[0].isEmpty { continue }
                if row[column].isEmpty { nameless += 1 } else { names.append(row[column]) }
                text += line(row)
            }
            let encoded = Self.encodings.randomElement(using: &random)!(text)
            let found = rows(of: try TaskFile(encoded))
            #expect(found.compactMap { $0.draft?.name } == names, "seed \(seed): \(text.debugDescription)")
            #expect(found.count { $0.reason != nil } == nameless, "seed \(seed): \(text.debugDescription)")
        }
    }

    private static let encodings: [@Sendable (String) -> [UInt8]] = [
        { Array($0.utf8) }, { [0xEF, 0xBB, 0xBF] + Array($0.utf8) },
        { [0xFF, 0xFE] + $0.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } },
        { [0xFE, 0xFF] + $0.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } },
        { $0.unicodeScalars.map { ["–": 0x96, "“": 0x93][$0] ?? UInt8(truncatingIfNeeded: $0.value) } },
    ]

    @Test(arguments: 0..<4)
    func `export, import and export again is the same file`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let tasks = (1...60).map { RandomTask.task($0, using: &random) }
        let first = TaskExport.csv(tasks)
        let drafts = rows(of: try TaskFile(first)).compactMap(\.draft)
        try #require(drafts.count == tasks.count)
        let again = zip(tasks, drafts).map { task, draft in
            BoardTask(
                id: task.id, board: draft.board, name: draft.name, description: draft.description,
                status: draft.status ?? "", priority: draft.priority, assignee: draft.assignee, labels: draft.labels,
                dueAt: draft.dueAt, rank: task.rank, version: 1, createdBy: task.createdBy, createdAt: task.createdAt,
                updatedAt: task.updatedAt)
        }
        #expect(TaskExport.csv(again) == first)
    }

    @Test(arguments: 0..<4)
    func `a snapshot, imported and written again, has the same tasks`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let tasks = (1...60).map { RandomTask.task($0, using: &random) }
        let found = rows(of: try TaskFile(RandomTask.snapshot(tasks)))
        #expect(found.allSatisfy { $0.notes.isEmpty })
        for (task, draft) in zip(tasks, found.compactMap(\.draft)) {
            #expect(draft.name.utf8.elementsEqual(task.name.utf8) && draft.status == task.status)
            #expect(draft.description.utf8.elementsEqual(task.description.utf8) && draft.priority == task.priority)
            #expect(draft.assignee == task.assignee && draft.dueAt == task.dueAt && draft.labels == task.labels)
        }
        #expect(found.count == tasks.count)
    }

    @Test(arguments: 0..<8)
    func `no text of a row is lost: it is in its task, or the report names it`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<40 {
            let titles = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Self.known.randomElement(using: &random)!
            }
            var text = (["Name"] + titles).joined(separator: ",") + "\n"
            var words: [[String]] = []
            for row in 0..<5 {
                let extra = Int.random(in: 0...2, using: &random)
                let values = (0..<titles.count + extra).map { column in
                    Bool.random(using: &random) ? "" : "word\(row)x\(column)"
                }
                words.append(values.filter { !$0.isEmpty })
                text += (["card \(row)"] + values).joined(separator: ",") + "\n"
            }
            let file = try TaskFile(Array(text.utf8))
            for (row, values) in zip(rows(of: file), words) {
                let draft = try #require(row.draft)
                var shown = [draft.description, draft.assignee?.rawValue ?? ""] + draft.labels
                for case .unknown(_, let value) in row.notes { shown.append(value) }
                for value in values { #expect(shown.contains { $0.contains(value) }, "\(value): \(text)") }
            }
        }
    }

    private static let known = [
        "Title", "Summary", "Notes", "Description", "Status", "List", "Priority", "Prio", "Assignee", "Members",
        "Assigned To", "Labels", "Tags", "Due Date", "Deadline", "",
    ]
}
