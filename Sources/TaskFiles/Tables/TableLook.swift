import Text

/// What must be known of a whole table before its rows are read: how its labels are separated, which way round its
/// dates are, and which statuses it has.
struct TableLook {
    private(set) var labels = LabelList.Separator.comma
    private var isDayFirst = false
    private var isMonthFirst = false
    private(set) var statuses = ListNames()

    /// The order of day and month in dates such as `01/02/2026`, when other dates of the file show it.
    var order: DateReader.Order? {
        switch (isDayFirst, isMonthFirst) {
        case (true, false): .dayFirst
        case (false, true): .monthFirst
        default: nil
        }
    }

    init(_ columns: TaskColumns) { if columns.tool == .boardcast { labels = .semicolon } }

    mutating func take(_ record: [String], _ columns: TaskColumns) {
        if labels == .comma, columns.texts(.labels, of: record).contains(where: { $0.utf8.contains(UInt8(ascii: ";")) })
        {
            labels = .semicolon
        }
        for text in columns.texts(.dueAt, of: record) {
            switch DateReader.order(text) {
            case .dayFirst: isDayFirst = true
            case .monthFirst: isMonthFirst = true
            case nil: break
            }
        }
        if let status = columns.text(.status, of: record) { statuses.add(status) }
    }

    mutating func take(section name: String) { statuses.add(name) }
}

/// The names of a file's lists, each once, as they come: as many as a board may have columns.
struct ListNames: Sendable {
    private(set) var names: [String] = []
    static let most = 50
    /// Scalars of a name that are kept.
    static let longest = 1000

    mutating func add(_ name: String) {
        let name = name.prefixOfScalars(Self.longest)
        guard !name.isEmpty, names.count < Self.most, !names.contains(where: { $0.utf8.elementsEqual(name.utf8) })
        else { return }
        names.append(name)
    }
}
