public import Boards
public import Events
import Text

/// Finds the status of a board that a file means: `In Progress` is `in_progress`, and the name of a column is its.
public struct StatusMap: Sendable {
    public let board: BoardID
    /// What the board lacks for the file's lists, when they are to be added to it: as many columns as it may have more.
    public private(set) var missing: [StatusColumn] = []
    private let statuses: [String]
    private let folded: [String]
    private let names: [String]
    /// The statuses of the file's lists, when each of them is to have a column of its own.
    private var placed: [String: String] = [:]
    /// The names of the file's own columns.
    private var titles: [String: String] = [:]

    public init(_ board: Board) { self.init(board.id, columns: board.columns) }

    /// For the tasks of `file`; those of its lists that the board has no column for go to the first.
    public init(_ board: Board, for file: TaskFile) {
        self.init(board)
        titles = Dictionary(file.columns.map { ($0.id, $0.name) }) { first, _ in first }
    }

    /// For the tasks of `file`, each of whose lists gets a column of its own: one of the board's, or one of ``missing``,
    /// which has to be added to the board before a task is.
    public init(_ board: Board, adding file: TaskFile) {
        self.init(board.id, columns: board.columns, adding: file.lists, file.isOurs ? file.columns : nil)
    }

    init(_ board: BoardID, columns: [StatusColumn]) {
        self.board = board
        statuses = columns.map(\.id)
        folded = statuses.map(Self.fold)
        names = columns.map { Self.fold($0.name) }
    }

    /// - Parameter own: the columns of a file of ours, whose `lists` are ids; nil for another's file.
    init(_ board: BoardID, columns: [StatusColumn], adding lists: [String], _ own: [StatusColumn]? = nil) {
        self.init(board, columns: columns)
        place(lists.filter { !$0.isEmpty }, own)
    }

    /// The board's first status for no name, and for one that it does not know.
    func match(_ name: String?) -> (status: String, isKnown: Bool) {
        guard let name, !name.isEmpty else { return (statuses[0], true) }
        if let status = placed[name.prefixOfScalars(ListNames.longest)] { return (status, true) }
        if let index = index(of: name) { return (statuses[index], true) }
        if let index = titles[name].flatMap(index(of:)) { return (statuses[index], true) }
        return (statuses[0], false)
    }

    private func index(of name: String) -> Int? {
        for reading in Reading.allCases {
            if let index = index(of: name, by: reading) { return index }
        }
        return nil
    }

    /// How a column is found for a list, the surest way first.
    private enum Reading: CaseIterable { case id, name, foldedID, madeID }

    private func index(of name: String, by reading: Reading) -> Int? {
        switch reading {
        case .id: return statuses.firstIndex(of: name)
        case .name: return Self.index(of: Self.fold(name), in: names)
        case .foldedID: return Self.index(of: Self.fold(name), in: folded)
        case .madeID: return statuses.firstIndex(of: StatusName.status(for: name))
        }
    }

    private static func index(of wanted: String, in texts: [String]) -> Int? {
        wanted.isEmpty ? nil : texts.firstIndex(of: wanted)
    }

    /// Gives each list a column, and no column to two lists whose names differ in more than case and spaces: `été` and
    /// `ete` are two.
    private mutating func place(_ lists: [String], _ own: [StatusColumn]?) {
        let columns = Dictionary((own ?? []).map { ($0.id, $0) }) { first, _ in first }
        func key(of list: String) -> String {
            let folded = Self.fold(list)
            return own != nil || folded.isEmpty ? list : folded
        }
        var found: [String: String] = [:]
        // What people wrote is a name first; the id that it resembles may have been made of another name.
        for reading in own == nil ? [Reading.name, .id, .foldedID, .madeID] : Reading.allCases {
            for list in lists where found[key(of: list)] == nil {
                let column = columns[list]
                if column != nil, reading == .foldedID || reading == .madeID { continue }
                let text = reading == .name ? column?.name ?? list : list
                guard let index = index(of: text, by: reading), !found.values.contains(statuses[index]) else {
                    continue
                }
                found[key(of: list)] = statuses[index]
            }
        }
        for list in lists where found[key(of: list)] == nil && statuses.count + missing.count < Self.columnLimit {
            let column = columns[list] ?? StatusColumn(id: free(StatusName.status(for: list)), list: list)
            missing.append(column)
            found[key(of: list)] = column.id
        }
        for list in lists { placed[list] = found[key(of: list)] }
    }

    /// The status, or with a number where the board, or another list, has it.
    private func free(_ status: String) -> String {
        func isFree(_ text: String) -> Bool { !statuses.contains(text) && !missing.contains { $0.id == text } }
        if isFree(status) { return status }
        return (2...1000).lazy.map { "\(status.prefix(59))-\($0)" }.first(where: isFree) ?? status
    }

    /// The most columns that a board may have.
    public static let columnLimit = 50

    /// Letters with their marks, and digits, alone and small; enough of them for any status there can be.
    private static func fold(_ name: String) -> String {
        let kept = name.unicodeScalars.prefix(1000).filter { scalar in
            scalar.properties.isAlphabetic || "0"..."9" ~= scalar || 0x300...0x36F ~= scalar.value
        }
        return String(String.UnicodeScalarView(kept)).lowercased()
    }
}
