/// Which types a reader wants: exact names (`typing` among them) and families (`task.*`). An empty list wants everything.
public struct TypeFilter: Sendable, Hashable {
    public static let everything = TypeFilter(names: [], families: [])

    private let names: Set<String>
    private let families: Set<String>

    private init(names: Set<String>, families: Set<String>) {
        self.names = names
        self.families = families
    }

    /// Nil when an item is neither a dotted name, nor `typing`, nor a name followed by `.*`; 64 items at most.
    /// - Parameter list: comma separated, as in a query: `task.*,board.deleted`.
    public init?(list: String) {
        let items = list.split(separator: ",", omittingEmptySubsequences: false)
        guard items.count <= 64 else { return nil }
        var names: Set<String> = []
        var families: Set<String> = []
        for item in items {
            if item.hasSuffix(".*") {
                let family = String(item.dropLast(2))
                guard EventType(family + ".a") != nil else { return nil }
                families.insert(family)
            } else {
                let isTyping = item.utf8.elementsEqual(EventType.typing.rawValue.utf8)
                guard let type = isTyping ? .typing : EventType(String(item)) else { return nil }
                names.insert(type.rawValue)
            }
        }
        self.init(names: names, families: families)
    }

    /// As in a query, sorted.
    public var items: [String] { (names + families.map { $0 + ".*" }).sorted() }

    /// With these as well; of a filter that wants everything, these alone. Nil as for ``init(list:)``.
    public func adding(_ items: [String]) -> TypeFilter? {
        TypeFilter(list: Set(self.items + items).joined(separator: ","))
    }

    /// Without these. Nil when nothing would be left, or when it wants everything.
    public func removing(_ items: [String]) -> TypeFilter? {
        let rest = self.items.filter { !items.contains($0) }
        return rest.isEmpty ? nil : TypeFilter(list: rest.joined(separator: ","))
    }

    public var wantsEverything: Bool { names.isEmpty && families.isEmpty }

    /// Whether `type` is named, or lies in a named family at any depth (`a.*` takes `a.b.c`).
    public func wants(_ type: EventType) -> Bool {
        if wantsEverything || names.contains(type.rawValue) { return true }
        guard !families.isEmpty else { return false }
        var name = type.rawValue[...]
        while let dot = name.lastIndex(of: ".") {
            name = name[..<dot]
            if families.contains(String(name)) { return true }
        }
        return false
    }
}
