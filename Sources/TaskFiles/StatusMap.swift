public import Boards
public import Events

/// Finds the status of a board that a file means: `In Progress` is `in_progress`.
public struct StatusMap: Sendable {
    public let board: BoardID
    private let statuses: [String]
    private let folded: [String]

    public init(_ board: Board) {
        self.board = board.id
        statuses = board.statuses
        folded = statuses.map(Self.fold)
    }

    /// The board's first status for no name, and for one that it does not know.
    func match(_ name: String?) -> (status: String, isKnown: Bool) {
        guard let name, !name.isEmpty else { return (statuses[0], true) }
        if statuses.contains(name) { return (name, true) }
        let wanted = Self.fold(name)
        guard !wanted.isEmpty, let index = folded.firstIndex(of: wanted) else { return (statuses[0], false) }
        return (statuses[index], true)
    }

    /// Letters and digits alone, small; enough of them for any status there can be.
    private static func fold(_ name: String) -> String {
        let kept = name.unicodeScalars.prefix(1000).filter { $0.properties.isAlphabetic || "0"..."9" ~= $0 }
        return String(String.UnicodeScalarView(kept)).lowercased()
    }
}
