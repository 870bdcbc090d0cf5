/// The table “Bounds” of Docs/ARCHITECTURE.md.
struct BoundsTable {
    struct Row {
        /// The first cell, by which a check claims the row.
        let what: String
        /// What all three cells say.
        let words: [TableWord]
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let rows: [Row]

    /// - Throws: ``Malformed`` when there is no such table.
    init(inDocument text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let heading = lines.firstIndex(of: "## Bounds") else {
            throw Malformed(description: "there is no heading “## Bounds”")
        }
        let table = lines[heading...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        guard table.first == "| what | bound | when it is full |" else {
            throw Malformed(
                description: "no table of what, bound, and when it is full, follows the heading “## Bounds”")
        }
        rows = try table.dropFirst(2).map { line in
            let cells = line.dropFirst(2).dropLast(2).split(separator: " | ", omittingEmptySubsequences: false)
            guard cells.count == 3, line.hasSuffix(" |") else {
                throw Malformed(description: "this row has not three cells: \(line)")
            }
            return Row(what: String(cells[0]), words: TableWord.all(in: String(line)))
        }
    }

    /// What is wrong, each a sentence that says what to do.
    func problems(checkedBy checks: [BoundCheck]) -> [String] {
        var problems: [String] = []
        for (what, same) in Dictionary(grouping: rows, by: \.what) where same.count > 1 {
            problems.append("\(same.count) rows are about “\(what)”: make them one, or name them apart.")
        }
        for (what, same) in Dictionary(grouping: checks, by: \.what) where same.count > 1 {
            problems.append("\(same.count) checks claim the row “\(what)”: keep one.")
        }
        for check in checks where !rows.contains(where: { $0.what == check.what }) {
            problems.append(
                "A check claims “\(check.what)”, and no row begins so: write the row, or correct the check.")
        }
        for row in rows {
            guard let check = checks.first(where: { $0.what == row.what }) else {
                problems.append(
                    "No check claims the row “\(row.what)”: add one to Tests/BoundsTests/Checks that takes its numbers "
                        + "from the code.")
                continue
            }
            guard check.words != row.words else { continue }
            problems.append(
                "The row “\(row.what)” says \(Self.text(row.words)), and the code \(Self.text(check.words)): correct the "
                    + "row, or the check when the row says it in another order.")
        }
        return problems
    }

    private static func text(_ words: [TableWord]) -> String { words.map(\.description).joined(separator: ", ") }

    /// What stands between backticks in any row.
    var names: Set<String> {
        Set(rows.flatMap(\.words).compactMap { if case .name(let name) = $0 { name } else { nil } })
    }
}
