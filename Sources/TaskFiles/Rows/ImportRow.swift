public import Boards

/// What one row of a file comes to on a board.
public struct ImportRow: Sendable {
    /// Where it stands in the file: a table's first record is row 1, a JSON file's first task or card is row 1.
    public let number: Int
    public let outcome: Outcome
    /// What of it is not in the task as the file has it.
    public let notes: [ImportNote]

    public enum Outcome: Sendable {
        case draft(TaskDraft)
        /// Why it can't be a task, in words of ours alone.
        case bad(String)
    }

    static func bad(_ number: Int, _ reason: String) -> ImportRow {
        ImportRow(number: number, outcome: .bad(reason), notes: [])
    }
}
