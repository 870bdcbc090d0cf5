/// What is known of the order of the tasks in one column: some of them, and between which ranks these are all.
struct ColumnFacts: Sendable {
    struct Entry: Sendable, Comparable {
        let rank: Rank
        let id: Int

        static func < (left: Entry, right: Entry) -> Bool { (left.rank, left.id) < (right.rank, right.id) }
    }

    /// A stretch without unknown tasks. Neither end belongs to it; nil is the column's own end.
    private struct Span: Sendable {
        let low: Rank?
        let high: Rank?
    }

    /// In order.
    private(set) var entries: [Entry] = []
    private var spans: [Span] = []

    init() {}

    /// A column without tasks.
    static let empty = {
        var column = ColumnFacts()
        column.spans = [Span(low: nil, high: nil)]
        return column
    }()

    /// Learns the tasks next to one end of a stretch.
    ///
    /// - Parameters:
    ///   - low: where it begins, nil for the column's beginning; or, with `backwards`, nothing.
    ///   - isCut: whether there may be more tasks beyond the last of `found`.
    mutating func learn(_ found: [Entry], after low: Rank?, backwards: Bool = false, isCut: Bool) {
        for entry in found { insert(entry) }
        let edge = isCut ? found.last?.rank : nil
        spans.append(backwards ? Span(low: edge, high: nil) : Span(low: low, high: edge))
    }

    mutating func insert(_ entry: Entry) {
        let index = place(of: entry)
        guard index == entries.endIndex || entries[index] != entry else { return }
        entries.insert(entry, at: index)
    }

    mutating func remove(_ entry: Entry) {
        let index = place(of: entry)
        if index < entries.endIndex, entries[index] == entry { entries.remove(at: index) }
    }

    /// Whether every task of the column is among ``entries``.
    var isWhole: Bool { spans.contains { $0.low == nil && $0.high == nil } }

    /// The highest rank, `.some(nil)` in an empty column; nil when it is not known.
    var last: Rank?? {
        guard let last = entries.last?.rank else { return isWhole ? .some(nil) : nil }
        let isKnown = spans.contains { $0.high == nil && ($0.low.map { $0 <= last } ?? true) }
        // Not `nil`, which would be the last rank of an empty column.
        return isKnown ? .some(.some(last)) : .none
    }

    /// The lowest rank above `rank` of another task than `id`, `.some(nil)` where there is none; nil when it is not known.
    func next(after rank: Rank?, without id: Int) -> Rank?? {
        let start = rank.map { rank in place { $0.rank > rank } } ?? 0
        let next = entries[start...].first { $0.id != id }?.rank
        let isKnown = spans.contains { span in
            let begins = span.low.map { low in rank.map { low <= $0 } ?? false } ?? true
            return begins && (span.high.map { high in next.map { $0 <= high } ?? false } ?? true)
        }
        return isKnown ? .some(next) : nil
    }

    private func place(of entry: Entry) -> Int { place { $0 >= entry } }

    /// The first place of which `condition` holds; it holds of all after it.
    private func place(where condition: (Entry) -> Bool) -> Int {
        if let last = entries.last, !condition(last) { return entries.endIndex }
        var (low, high) = (0, entries.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if condition(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
