import Boards
import Events
import StrictJSON
import TestSupport

enum RandomTask {
    private static let scalars = Array("ab\",;'\\=+-@\r\n\t é日😀\u{FEFF}\u{301}".unicodeScalars)

    static func task(_ id: Int, using random: inout SplitMix) -> BoardTask {
        var labels: [String] = []
        for number in 0..<Int.random(in: 0...3, using: &random) {
            labels.append(text(0...5, using: &random) + "\(number)")
        }
        // A name shows something, wherever in it.
        let name = text(0...6, using: &random) + "n" + text(0...6, using: &random)
        return BoardTask(
            id: id, board: .main, name: name, description: text(0...30, using: &random),
            status: Board.defaultStatuses.randomElement(using: &random)!,
            priority: Priority.allCases.randomElement(using: &random)!,
            assignee: Bool.random(using: &random) ? UserID(text(1...8, using: &random)) : nil, labels: labels,
            dueAt: Bool.random(using: &random)
                ? Timestamp(milliseconds: .random(in: 0...4_000_000_000_000, using: &random)) : nil,
            rank: Rank("a0")!, version: 1, createdBy: UserID("ann")!, createdAt: Timestamp(milliseconds: 0),
            updatedAt: Timestamp(milliseconds: 0))
    }

    /// As the call of that name answers.
    static func snapshot(_ tasks: [BoardTask]) -> [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.name("board"); Board.main(since: Timestamp(milliseconds: 0)).write(into: &$0)
            $0.name("tasks"); $0.array(tasks) { $1.write(into: &$0) }
            $0.name("cursor"); $0.string("1-x")
        }
        return json.bytes
    }

    private static func text(_ length: ClosedRange<Int>, using random: inout SplitMix) -> String {
        .random(length, of: scalars, using: &random)
    }
}
