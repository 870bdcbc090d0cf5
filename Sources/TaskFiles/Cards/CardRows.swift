import StrictJSON
import Text

/// The cards of a board of Trello's or Wekan's, in its lists' order; those that are archived, or whose lists are, are
/// left out.
struct CardRows: TaskRows {
    enum Dialect { case trello, wekan }

    let archived: Int
    let leftOut: [LeftOut: Int]
    let lists: [String]
    private let dialect: Dialect
    private let bytes: SharedBytes
    private let board: CardBoard
    private let cards: [CardBoard.Card]

    init(_ board: CardBoard, _ dialect: Dialect, bytes: SharedBytes) throws(TaskFileError) {
        guard board.cards.count <= TaskFile.mostRows else { throw .tooManyRows(limit: TaskFile.mostRows) }
        let lists = board.lists
        let shown = board.cards.filter { !$0.isArchived && ($0.list < 0 || !lists[Int($0.list)].isArchived) }
        cards = shown.sorted { left, right in
            let (first, second) = (Self.place(of: left, lists), Self.place(of: right, lists))
            return first != second ? first < second : left.number < right.number
        }
        archived = board.cards.count - shown.count
        (self.board, self.dialect, self.bytes) = (board, dialect, bytes)
        var names = ListNames()
        for list in lists.filter({ $0.isKnown && !$0.isArchived }).sorted(by: { $0.position < $1.position }) {
            names.add(list.name)
        }
        self.lists = names.names
        leftOut = Self.count(of: board, shown, bytes)
    }

    /// Lists from left to right, then cards from top to bottom.
    private static func place(of card: CardBoard.Card, _ lists: [CardBoard.List]) -> (Double, Int32, Double) {
        (card.list < 0 ? .infinity : lists[Int(card.list)].position, card.list, card.position)
    }

    /// What the cards that are taken have besides, and what of the board's belongs to none of them.
    private static func count(
        of board: CardBoard, _ cards: [CardBoard.Card], _ bytes: SharedBytes
    ) -> [LeftOut: Int] {
        var counts: [LeftOut: Int] = [.checklists: board.loose]
        var known: Set<CardBoard.ID> = []
        var (comments, attachments) = (0, 0)
        for place in cards {
            guard let card = try? JSONParts.value(at: Int(place.offset), of: bytes, limits: JSONFileIndex.limits).object
            else { continue }
            if let id = CardBoard.id(of: card) { known.insert(Array(id.utf8)) }
            let badges = card["badges"]?.object
            comments += badges?["comments"]?.int ?? 0
            attachments += card["attachments"]?.array?.count ?? badges?["attachments"]?.int ?? 0
            let fields = (card["customFieldItems"] ?? card["customFields"])?.array ?? []
            counts[.customFields, default: 0] += fields.count { $0.object?["value"]?.isNull != true }
            if card["dueComplete"]?.bool == true { counts[.completedDates, default: 0] += 1 }
        }
        // A card's badges count what the export has no room for, too.
        counts[.comments] = max(comments, board.comments)
        counts[.attachments] = max(attachments, board.attachments)
        let isAll = cards.count == board.cards.count
        if isAll {
            counts[.checklists, default: 0] += board.checklists.filter { !known.contains($0.key) }.values.joined().count
        }
        return counts.filter { $0.value > 0 }
    }

    var count: Int { cards.count }

    func row(_ index: Int, on statuses: StatusMap) -> ImportRow {
        let place = cards[index]
        let number = Int(place.number)
        guard let card = object(at: place.offset) else { return .bad(number, "it is not a JSON object") }
        let name = card["name"] ?? card["title"]
        if let name, name.string == nil, !name.isNull { return .bad(number, "name must be a string") }
        var row = RowFields()
        row.name = String((name?.string ?? "").trimmed)
        row.description = (card["desc"] ?? card["description"])?.string ?? ""
        if let due = (card["due"] ?? card["dueAt"])?.string { row.take(due: due) }
        row.labels = labels(of: card)
        row.take(people: people(of: card), of: "Members")
        if let id = CardBoard.id(of: card) { row.append(checklists(of: Array(id.utf8))) }
        if place.list >= 0, board.lists[Int(place.list)].isKnown { row.status = board.lists[Int(place.list)].name }
        return row.row(number, on: statuses)
    }

    private func object(at offset: Int32) -> JSONObject? {
        try? JSONParts.value(at: Int(offset), of: bytes, limits: JSONFileIndex.limits).object
    }

    /// By name, or by colour where there is none; each once.
    private func labels(of card: JSONObject) -> [String] {
        var names: [String] = []
        let own = (card["labels"]?.array ?? []).compactMap { $0.object.flatMap(Self.name(ofLabel:)) }
        let shared = (card["labelIds"]?.array ?? []).compactMap { $0.string.flatMap { board.labels[Array($0.utf8)] } }
        for name in (own + shared).prefix(LabelList.most) where !names.contains(where: { $0.hasSameBytes(as: name) }) {
            names.append(name)
        }
        return names
    }

    static func name(ofLabel label: JSONObject) -> String? {
        let name = (label["name"]?.string ?? "").trimmed
        let text = name.isEmpty ? label["color"]?.string ?? "" : String(name)
        return text.isEmpty ? nil : text
    }

    /// The usernames of those to whom the card is given.
    private func people(of card: JSONObject) -> [String] {
        let ids =
            [card["assignees"], card["idMembers"], card["members"]].lazy.compactMap { $0?.array }
            .first { !$0.isEmpty } ?? []
        return ids.compactMap { $0.string.flatMap { board.usernames[Array($0.utf8)] } }
    }

    /// As Markdown has lists of tasks.
    private func checklists(of card: CardBoard.ID) -> String {
        var blocks: [String] = []
        for place in (board.checklists[card] ?? []).sorted(by: { $0.position < $1.position }) {
            guard let list = object(at: place.offset) else { continue }
            let lines = items(of: list).map { "- [\($0.isDone ? "x" : " ")] \($0.name)" }
            let name = ((list["name"] ?? list["title"])?.string ?? "").printable
            let heading = name.isEmpty ? [] : ["### \(name)"]
            blocks.append((heading + lines).joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    private func items(of list: JSONObject) -> [(name: String, isDone: Bool)] {
        var items = (list["checkItems"] ?? list["items"])?.array?.compactMap(\.object) ?? []
        items.sort { ($0["pos"]?.double ?? .infinity) < ($1["pos"]?.double ?? .infinity) }
        if let id = CardBoard.id(of: list), let places = board.items[Array(id.utf8)] {
            items += places.sorted { $0.position < $1.position }.compactMap { object(at: $0.offset) }
        }
        return items.map { item in
            let isDone = item["state"]?.string == "complete" || item["isFinished"]?.bool == true
            return (((item["name"] ?? item["title"])?.string ?? "").printable, isDone)
        }
    }
}
