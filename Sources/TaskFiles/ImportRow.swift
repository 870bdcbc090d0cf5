public import Boards
import Events
import StrictJSON

/// What one row of a file comes to on a board.
public struct ImportRow: Sendable {
    /// Where it stands in the file: a CSV file's header is row 1, a JSON file's first task or card is row 1.
    public let number: Int
    public let outcome: Outcome
    /// The status as the file has it, when the board has none of that name; the task goes to the board's first.
    public let unknownStatus: String?

    public enum Outcome: Sendable {
        case draft(TaskDraft)
        /// Why it can't be a task, in words of ours alone.
        case bad(String)
    }

    static func bad(_ number: Int, _ reason: String) -> ImportRow {
        ImportRow(number: number, outcome: .bad(reason), unknownStatus: nil)
    }
}

/// A row as its file has it: the fields of a task under their names, and the status in whatever words.
struct RowFields {
    var fields = JSONObject()
    var status: String?

    /// Judged by the rules that hold for every task that is made.
    func row(_ number: Int, on statuses: StatusMap) -> ImportRow {
        let match = statuses.match(status)
        var object = fields
        object["boardId"] = .string(statuses.board.rawValue)
        object["status"] = .string(match.status)
        let unknown = match.isKnown ? nil : status.map { $0.prefixOfScalars(64) }
        do throws(BoardError) {
            return ImportRow(number: number, outcome: .draft(try TaskDraft(object)), unknownStatus: unknown)
        } catch {
            return .bad(number, Self.words(for: error))
        }
    }

    /// One of them will do: a row is corrected and sent again.
    private static func words(for error: BoardError) -> String {
        guard case .invalid(let errors) = error, let first = errors.first else { return error.description }
        let name = first.pointer.split(separator: "/").first ?? "it"
        return "\(name.unicodeScalars.count > 64 ? "a field" : name) \(first.detail)"
    }
}

extension String {
    /// Its beginning, for reports about a file: a name in it may have any length.
    func prefixOfScalars(_ count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}
