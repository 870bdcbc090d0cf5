import StrictJSON

/// The cards of a Trello board, in its lists' order; those that are archived, or whose lists are, are left out.
struct TrelloRows: TaskRows {
    let archived: Int
    private let bytes: [UInt8]
    private let cards: [TrelloBoard.Card]
    private let lists: [TrelloBoard.List]
    private let usernames: [[UInt8]: String]

    init(_ board: TrelloBoard, bytes: [UInt8]) throws(TaskFileError) {
        guard board.cards.count <= TaskFile.mostRows else { throw .tooManyRows(limit: TaskFile.mostRows) }
        let lists = board.lists
        let shown = board.cards.filter { !$0.isArchived && ($0.list < 0 || !lists[Int($0.list)].isArchived) }
        cards = shown.sorted { left, right in
            let (first, second) = (Self.place(of: left, lists), Self.place(of: right, lists))
            return first != second ? first < second : left.number < right.number
        }
        archived = board.cards.count - shown.count
        (self.bytes, self.lists, usernames) = (bytes, lists, board.usernames)
    }

    /// Lists from left to right, then cards from top to bottom.
    private static func place(of card: TrelloBoard.Card, _ lists: [TrelloBoard.List]) -> (Double, Int32, Double) {
        (card.list < 0 ? .infinity : lists[Int(card.list)].position, card.list, card.position)
    }

    var count: Int { cards.count }

    func row(_ index: Int, on statuses: StatusMap) -> ImportRow {
        let place = cards[index]
        let number = Int(place.number)
        let value = try? JSONParts.value(at: Int(place.offset), of: bytes, limits: JSONFileIndex.limits)
        guard let card = value?.object else { return .bad(number, "it is not a JSON object") }
        var row = RowFields()
        row.fields["name"] = card["name"]
        row.fields["description"] = card["desc"]
        row.fields["dueAt"] = card["due"]
        row.fields["labels"] = .array(labels(of: card).map(JSONValue.string))
        row.fields["assigneeId"] = assignee(of: card).map(JSONValue.string)
        if place.list >= 0, lists[Int(place.list)].isKnown { row.status = lists[Int(place.list)].name }
        return row.row(number, on: statuses)
    }

    /// By name, or by colour where there is none; each once.
    private func labels(of card: JSONObject) -> [String] {
        var names: [String] = []
        for label in card["labels"]?.array?.compactMap(\.object) ?? [] {
            let name = label["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? label["color"]?.string ?? ""
            if !name.isEmpty, !names.contains(where: { $0.hasSameBytes(as: name) }) { names.append(name) }
        }
        return names
    }

    /// A task has one: the first.
    private func assignee(of card: JSONObject) -> String? {
        guard let id = card["idMembers"]?.array?.first?.string else { return nil }
        return usernames[Array(id.utf8)]
    }
}
