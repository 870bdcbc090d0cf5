import StrictJSON

/// Goes through a JSON file once and notes what is needed to read its rows later, whichever of the two formats it is.
struct JSONFileIndex {
    static let limits = JSONParser.Limits(bytes: 1 << 20, depth: 32)

    private let bytes: [UInt8]
    private var hasTasks = false
    private var tasks: [Int] = []
    private var board = TrelloBoard()

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() throws(TaskFileError) {
        guard !bytes.isEmpty else { throw .empty }
        var parts = JSONParts(bytes, limits: Self.limits)
        do throws(JSONError) {
            while let part = try parts.next() { take(part) }
        } catch {
            throw .json(error)
        }
    }

    /// Only as many as there may be are noted; one more says that there are too many.
    private mutating func take(_ part: JSONParts.Part) {
        switch part {
        case .value: break
        case .array("tasks"): hasTasks = true
        case .array("cards"): board.hasCards = true
        case .array("lists"): board.hasLists = true
        case .array: break
        case .element("tasks", let offset, _): if tasks.count <= TaskFile.mostRows { tasks.append(offset) }
        case .element("cards", let offset, let value): board.add(card: value, at: offset)
        case .element("lists", _, let value): board.add(list: value)
        case .element("members", _, let value): board.add(member: value)
        case .element: break
        }
    }

    var snapshot: SnapshotRows? {
        get throws(TaskFileError) {
            guard hasTasks else { return nil }
            guard tasks.count <= TaskFile.mostRows else { throw .tooManyRows(limit: TaskFile.mostRows) }
            return SnapshotRows(bytes: bytes, offsets: tasks)
        }
    }

    var trello: TrelloRows? {
        get throws(TaskFileError) {
            guard board.hasCards, board.hasLists else { return nil }
            return try TrelloRows(board, bytes: bytes)
        }
    }
}

/// The tasks of a snapshot: by column, and in each column in order.
struct SnapshotRows: TaskRows {
    let bytes: [UInt8]
    /// Where each task begins.
    let offsets: [Int]

    var count: Int { offsets.count }

    func row(_ index: Int, on statuses: StatusMap) -> ImportRow {
        let number = index + 1
        guard var fields = try? JSONParts.value(at: offsets[index], of: bytes, limits: JSONFileIndex.limits).object
        else { return .bad(number, "it is not a JSON object") }
        for name in Self.serverOwned { fields[name] = nil }
        var status: String?
        if let value = fields["status"] {
            guard let text = value.string else { return .bad(number, "status must be a string") }
            status = text
        }
        return RowFields(fields: fields, status: status).row(number, on: statuses)
    }

    private static let serverOwned = ["id", "boardId", "rank", "version", "createdBy", "createdAt", "updatedAt"]
}
