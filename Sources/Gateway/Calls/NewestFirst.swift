import Hummingbird
import StrictJSON
import Text

/// A page of a numbered list, newest first; the next page continues below the page's last number.
struct NewestFirst {
    static let parameters: [QueryParameter] = [size, .next]
    private static let size = QueryParameter.int("limit", in: 1...200, default: 50, "Items in a page.")

    let limit: Int
    let before: Int?

    /// - Throws: ``Problem`` 400.
    init(_ query: Query) throws(Problem) {
        limit = try query.int(Self.size)
        guard let cursor = query["cursor"] else {
            before = nil
            return
        }
        guard let id = Int(digits: cursor) else { throw .badQuery("cursor", "not one of ours") }
        before = id
    }

    /// `{items, next}`; `next` is null at the end.
    ///
    /// - Parameters:
    ///   - found: up to one item more than ``limit``, which shows that there is a next page.
    ///   - unnumbered: writes the items that have no number yet and come before the others.
    func reply<Item>(
        _ found: [Item], id: (Item) -> Int, after unnumbered: [(inout JSONWriter) -> Void] = [],
        write: @escaping (Item, inout JSONWriter) -> Void
    ) -> Response {
        let items = found.prefix(limit)
        var json = JSONWriter(reserving: 64 + items.count * 200)
        json.object { json in
            json.name("items")
            json.array(unnumbered + items.map { item in { write(item, &$0) } }) { $1(&$0) }
            json.name("next")
            if found.count > limit, let last = items.last { json.string(String(id(last))) } else { json.null() }
        }
        return .json(json.bytes)
    }
}
