import StrictJSON

/// What a board's export by Trello or Wekan says about its lists, people, labels and checklists, and where its cards
/// are. Both have the same parts under different names.
struct CardBoard {
    struct Card {
        let number: Int32
        let offset: Int32
        /// Index into ``lists``; -1 for a card in none.
        let list: Int32
        let isArchived: Bool
        let position: Double
    }

    struct List {
        var name = ""
        var isArchived = false
        /// Whether the file has said what it is, or has only named it in a card.
        var isKnown = false
        var position = 0.0
    }

    /// A checklist of a card, or an item of a checklist that stands by itself: where it is in the file.
    struct Place {
        let offset: Int32
        let position: Double
    }

    typealias ID = [UInt8]

    /// Lists, people and labels of which notes are kept; cards in lists beyond have no list's name.
    static let mostNames = 10_000
    /// Checklists, and items, of which notes are kept.
    static let mostPlaces = 100_000

    var hasCards = false
    var hasLists = false
    var comments = 0
    var attachments = 0
    private(set) var isTrello = false
    private(set) var cards: [Card] = []
    private(set) var lists: [List] = []
    private(set) var usernames: [ID: String] = [:]
    private(set) var labels: [ID: String] = [:]
    /// Checklists by their card, items by their checklist.
    private(set) var checklists: [ID: [Place]] = [:]
    private(set) var items: [ID: [Place]] = [:]
    /// Checklists of no card that is named.
    private(set) var loose = 0
    private var places = 0
    private var listIndexes: [ID: Int32] = [:]
    private var seen: Int32 = 0

    mutating func add(card value: JSONValue, at offset: Int) {
        seen += 1
        guard cards.count <= TaskFile.mostRows else { return }
        let card = value.object
        if card?["idList"]?.string != nil { isTrello = true }
        let list = card?["idList"]?.string ?? card?["listId"]?.string
        cards.append(
            Card(
                number: seen, offset: Int32(offset), list: list.map { index(of: $0) } ?? -1,
                isArchived: (card?["closed"] ?? card?["archived"])?.bool ?? false,
                position: (card?["pos"] ?? card?["sort"])?.double ?? .infinity))
    }

    mutating func add(list value: JSONValue) {
        guard let list = value.object, let id = Self.id(of: list), case let index = Int(index(of: id)), index >= 0
        else {
            return
        }
        lists[index] = List(
            name: ((list["name"] ?? list["title"])?.string ?? "").prefixOfScalars(1000),
            isArchived: (list["closed"] ?? list["archived"])?.bool ?? false, isKnown: true,
            position: (list["pos"] ?? list["sort"])?.double ?? .infinity)
    }

    mutating func add(member value: JSONValue) {
        guard let member = value.object, let id = Self.id(of: member), let name = member["username"]?.string,
            id.utf8.count <= 255, name.utf8.count <= 255, usernames.count < Self.mostNames
        else { return }
        usernames[Array(id.utf8)] = name
    }

    mutating func add(label value: JSONValue) {
        guard let label = value.object, let id = Self.id(of: label), let name = CardRows.name(ofLabel: label),
            id.utf8.count <= 255, labels.count < Self.mostNames
        else { return }
        labels[Array(id.utf8)] = name.prefixOfScalars(1000)
    }

    mutating func add(checklist value: JSONValue, at offset: Int) {
        let list = value.object
        let card = (list?["idCard"] ?? list?["cardId"])?.string
        guard let card, note(list, at: offset, under: card, in: \.checklists) else { return loose += 1 }
    }

    mutating func add(item value: JSONValue, at offset: Int) {
        guard let item = value.object, let list = item["checklistId"]?.string else { return }
        _ = note(item, at: offset, under: list, in: \.items)
    }

    private mutating func note(
        _ object: JSONObject?, at offset: Int, under id: String, in path: WritableKeyPath<CardBoard, [ID: [Place]]>
    ) -> Bool {
        guard places < Self.mostPlaces, id.utf8.count <= 255 else { return false }
        places += 1
        let position = (object?["pos"] ?? object?["sort"])?.double ?? .infinity
        self[keyPath: path][Array(id.utf8), default: []].append(Place(offset: Int32(offset), position: position))
        return true
    }

    static func id(of object: JSONObject) -> String? { (object["id"] ?? object["_id"])?.string }

    /// Cards may come before the lists that they name.
    private mutating func index(of id: String) -> Int32 {
        let key = Array(id.utf8)
        if let index = listIndexes[key] { return index }
        guard lists.count < Self.mostNames, key.count <= 255 else { return -1 }
        listIndexes[key] = Int32(lists.count)
        lists.append(List())
        return Int32(lists.count - 1)
    }
}
