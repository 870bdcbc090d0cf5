import Boards
import StrictJSON
import Text

/// Goes through a JSON file once and notes what is needed to read its rows later, whichever format it has.
struct JSONFileIndex {
    static let limits = JSONParser.Limits(bytes: 1 << 20, depth: 32)

    private let bytes: SharedBytes
    private var format: String?
    private var hasTasks = false
    private var tasks: [Int] = []
    private var statuses = ListNames()
    private var columns: [StatusColumn] = []
    private var board = CardBoard()

    /// What is looked into. Attachments, for one, may be in the file as a whole.
    private static let arrays: Set = [
        "tasks", "cards", "lists", "members", "users", "labels", "checklists", "checklistItems", "actions",
    ]

    init(_ bytes: SharedBytes) { self.bytes = bytes }

    mutating func read() throws(TaskFileError) {
        var parts = JSONParts(bytes, limits: Self.limits) { Self.arrays.contains($0) }
        do throws(JSONError) {
            while let part = try parts.next() { take(part) }
        } catch {
            throw .json(error)
        }
    }

    /// Only as many as there may be are noted; one more says that there are too many.
    private mutating func take(_ part: JSONParts.Part) {
        switch part {
        case .value("_format", let value): format = value.string ?? ""
        case .value("board", let value):
            columns = Self.columns(of: value.object)
            for status in value.object?["statuses"]?.array ?? [] { status.string.map { statuses.add($0) } }
        case .value: break
        case .array("tasks"): hasTasks = true
        case .array("cards"): board.hasCards = true
        case .array("lists"): board.hasLists = true
        case .array: break
        case .element("tasks", let offset, let value):
            if tasks.count <= TaskFile.mostRows { tasks.append(offset) }
            value.object?["status"]?.string.map { statuses.add($0) }
        case .element("cards", let offset, let value): board.add(card: value, at: offset)
        case .element("lists", _, let value): board.add(list: value)
        case .element("members", _, let value), .element("users", _, let value): board.add(member: value)
        case .element("labels", _, let value): board.add(label: value)
        case .element("checklists", let offset, let value): board.add(checklist: value, at: offset)
        case .element("checklistItems", let offset, let value): board.add(item: value, at: offset)
        case .element("actions", _, let value):
            if value.object?["type"]?.string == "commentCard" { board.comments += 1 }
        case .passedOver("comments"): board.comments += 1
        case .passedOver("attachments"): board.attachments += 1
        case .element, .passedOver: break
        }
    }

    /// - Throws: ``TaskFileError/unknownFormat(_:)`` when it is none that we know.
    func rows() throws(TaskFileError) -> (TaskFile.Format, any TaskRows) {
        if let format {
            guard format.hasPrefix("wekan-board-1.") else { throw .unknownFormat(.other(format.prefixOfScalars(64))) }
            guard board.hasCards, board.hasLists else { throw .unknownFormat(.neither) }
            return (.wekan, try CardRows(board, .wekan, bytes: bytes))
        }
        if hasTasks {
            guard tasks.count <= TaskFile.mostRows else { throw .tooManyRows(limit: TaskFile.mostRows) }
            var lists = ListNames()
            for name in columns.map(\.id) + statuses.names { lists.add(name) }
            return (.snapshot, SnapshotRows(bytes: bytes, offsets: tasks, lists: lists.names, columns: columns))
        }
        guard board.hasCards, board.hasLists else { throw .unknownFormat(.neither) }
        guard board.cards.isEmpty || board.isTrello else { throw .unknownFormat(.cardsWithoutList) }
        return (.trello, try CardRows(board, .trello, bytes: bytes))
    }

    /// The columns of a board of ours, as many as it may have; what can't be one is left out.
    private static func columns(of board: JSONObject?) -> [StatusColumn] {
        var columns: [StatusColumn] = []
        for column in (board?["columns"]?.array ?? []).lazy.compactMap(\.object) {
            guard let id = column["id"]?.string, Board.isStatus(id), !columns.contains(where: { $0.id == id }),
                columns.count < ListNames.most
            else { continue }
            var made = StatusColumn(id: id, list: column["name"]?.string ?? "")
            made.limit = column["limit"]?.int.flatMap { StatusColumn.limits ~= $0 ? $0 : nil }
            columns.append(made)
        }
        return columns
    }
}
