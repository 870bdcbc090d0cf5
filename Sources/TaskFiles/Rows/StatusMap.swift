public import Boards
public import Events
import Text

/// Finds the status of a board that a file means: `In Progress` is `in_progress`, and the name of a column is its.
public struct StatusMap: Sendable {
    public let board: BoardID
    private let statuses: [String]
    private let folded: [String]
    private let names: [String]

    public init(_ board: Board) { self.init(board.id, columns: board.columns) }

    init(_ board: BoardID, columns: [StatusColumn]) {
        self.board = board
        statuses = columns.map(\.id)
        folded = statuses.map(Self.fold)
        names = columns.map { Self.fold($0.name) }
    }

    /// The board's first status for no name, and for one that it does not know.
    func match(_ name: String?) -> (status: String, isKnown: Bool) {
        guard let name, !name.isEmpty else { return (statuses[0], true) }
        if statuses.contains(name) { return (name, true) }
        let wanted = Self.fold(name)
        if !wanted.isEmpty, let index = names.firstIndex(of: wanted) ?? folded.firstIndex(of: wanted) {
            return (statuses[index], true)
        }
        let made = StatusName.status(for: name)
        return statuses.contains(made) ? (made, true) : (statuses[0], false)
    }

    /// The columns that the board lacks for these lists; as many as it may have more.
    public func missing(for lists: [String]) -> [StatusColumn] {
        var missing: [StatusColumn] = []
        for list in lists where !match(list).isKnown && statuses.count + missing.count < 50 {
            let made = StatusName.status(for: list)
            let isThere = missing.contains { $0.id == made || Self.fold($0.id) == Self.fold(list) }
            if !isThere { missing.append(StatusColumn(id: made, list: list)) }
        }
        return missing
    }

    /// Letters and digits alone, small; enough of them for any status there can be.
    private static func fold(_ name: String) -> String {
        let kept = name.unicodeScalars.prefix(1000).filter { $0.properties.isAlphabetic || "0"..."9" ~= $0 }
        return String(String.UnicodeScalarView(kept)).lowercased()
    }
}
