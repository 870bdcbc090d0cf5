import StrictJSON

/// What an export of Trello says about its lists and members, and where its cards are.
struct TrelloBoard {
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

    /// Lists and members of which notes are kept; cards in lists beyond have no list's name.
    private static let mostNames = 10_000

    var hasCards = false
    var hasLists = false
    private(set) var cards: [Card] = []
    private(set) var lists: [List] = []
    private(set) var usernames: [[UInt8]: String] = [:]
    private var listIndexes: [[UInt8]: Int32] = [:]
    private var seen: Int32 = 0

    mutating func add(card value: JSONValue, at offset: Int) {
        seen += 1
        guard cards.count <= TaskFile.mostRows else { return }
        let card = value.object
        cards.append(
            Card(
                number: seen, offset: Int32(offset), list: card?["idList"]?.string.map { index(of: $0) } ?? -1,
                isArchived: card?["closed"]?.bool ?? false, position: card?["pos"]?.double ?? .infinity))
    }

    mutating func add(list value: JSONValue) {
        guard let list = value.object, let id = list["id"]?.string, case let index = Int(index(of: id)), index >= 0
        else { return }
        lists[index] = List(
            name: (list["name"]?.string ?? "").prefixOfScalars(1000), isArchived: list["closed"]?.bool ?? false,
            isKnown: true, position: list["pos"]?.double ?? .infinity)
    }

    mutating func add(member value: JSONValue) {
        guard let member = value.object, let id = member["id"]?.string, let name = member["username"]?.string,
            id.utf8.count <= 255, name.utf8.count <= 255, usernames.count < Self.mostNames
        else { return }
        usernames[Array(id.utf8)] = name
    }

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
