import Events
import StrictJSON
import Text

/// The names that a query may have.
struct QueryNames: Sendable {
    /// Those that may occur once.
    let single: Set<String>
    /// Those that may occur more than once.
    let repeatable: Set<String>

    static let none = QueryNames(single: [], repeatable: [])

    var all: Set<String> { single.union(repeatable) }

    /// The name that `name` stands for in a query: itself, or, spelled as another kind of client has it, one of these.
    /// Nil for one that is not known here.
    fileprivate func meaning(of name: String) -> String? {
        if single.contains(name) || repeatable.contains(name) { return name }
        return Self.aliases[name].flatMap { single.contains($0) ? $0 : nil }
    }

    /// RFC 6750 §2.3, and the spellings with which polyfills of EventSource come back.
    private static let aliases = [
        "access_token": "token", "lastEventID": "lastEventId", "Last-Event-ID": "lastEventId",
    ]

    /// Whether it means nothing to any call: what libraries add against caches, and link trackers to links.
    fileprivate static func isNoise(_ name: String) -> Bool {
        name == "_" || name.hasPrefix("utm_") || ["fbclid", "gclid", "msclkid"].contains(name)
    }
}

/// A query string, read strictly: percent-encoding must be UTF-8, and only names that the call knows are allowed, but
/// for those that mean nothing anywhere, which are passed over.
struct Query: Sendable {
    private let items: [(name: String, value: String)]

    /// - Throws: ``Problem`` 400 for an unknown name, a name given twice, or bad percent-encoding.
    init(_ query: String?, allowing names: QueryNames) throws(Problem) {
        var items: [(name: String, value: String)] = []
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(formDecoding: halves[0]),
                let value = halves.count > 1 ? String(formDecoding: halves[1]) : ""
            else {
                throw .badQuery("", "the percent-encoding is broken, or is not UTF-8")
            }
            if QueryNames.isNoise(name) { continue }
            guard let name = names.meaning(of: name) else {
                throw .badQuery(
                    name, "unknown; this call knows \(names.all.sorted().joined(separator: ", "))")
            }
            guard names.repeatable.contains(name) || !items.contains(where: { $0.name == name }) else {
                throw .badQuery(name, "given twice")
            }
            items.append((name, value))
        }
        self.items = items
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// A whole number in `range`; `fallback` when it is absent.
    func int(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(Problem) -> Int {
        guard let text = self[name] else { return fallback }
        guard let value = Int(digits: text), range.contains(value) else {
            throw .badQuery(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch self[name] {
        case nil, "0", "false": return false
        case "1", "true": return true
        default: throw .badQuery(name, "must be 1 or 0")
        }
    }

    /// The query with another value for `name`.
    func with(_ name: String, _ value: String) -> String {
        (items.filter { $0.name != name } + [(name, value)])
            .map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
    }

    /// A part of a path (RFC 3986 §2.1), in which `+` is itself.
    static func decode(path text: some StringProtocol) -> String? { String(percentDecoding: text.utf8) }
}
