import Boards
import Events
import StrictJSON
import Text

/// A row as its file has it, and the task that it becomes: only a row without a name becomes none.
///
/// What can't be understood is left out, what is too long is cut; both are noted.
struct RowFields {
    var name = ""
    var description = ""
    var status: String?
    var labels: [String] = []
    var notes: [ImportNote] = []
    private var kept: [String] = []
    private var priority = Priority.medium
    private var assignee: UserID?
    private var dueAt: Timestamp?

    static let longestName = 500
    static let longestDescription = 20_000
    static let longestLabel = 100
    static let mostLabels = 50

    /// - Returns: whether it is one.
    @discardableResult
    mutating func take(priority text: String, isOneHighest: Bool = false) -> Bool {
        guard let found = PriorityWords.priority(text, isOneHighest: isOneHighest) else {
            note(unknown: .priority, text)
            return false
        }
        priority = found
        return true
    }

    @discardableResult
    mutating func take(due text: String, _ order: DateReader.Order? = nil) -> Bool {
        dueAt = DateReader.date(text, order)
        if dueAt == nil { note(unknown: .date, text) }
        return dueAt != nil
    }

    @discardableResult
    mutating func take(assignee text: String) -> Bool {
        assignee = UserID(text)
        if assignee == nil { note(unknown: .assignee, text) }
        return assignee != nil
    }

    /// The first of the people is the assignee, the others stand in the description.
    mutating func take(people: [String], of title: String) {
        var rest = people[...]
        while assignee == nil, let name = rest.popFirst() { take(assignee: name) }
        if !rest.isEmpty { keep(rest.joined(separator: ", "), of: title) }
    }

    /// Puts a text for which a task has no other place below the description.
    mutating func keep(_ text: String, of title: String) {
        kept.append("\(title): \(text)")
        if !notes.contains(.kept(title)) { notes.append(.kept(title)) }
    }

    mutating func note(unknown field: ImportField, _ value: String) {
        notes.append(.unknown(field, value.prefixOfScalars(64)))
    }

    func row(_ number: Int, on statuses: StatusMap) -> ImportRow {
        var row = self
        let match = statuses.match(status)
        if !match.isKnown, let status { row.note(unknown: .status, status) }
        row.fit()
        var object = JSONObject()
        object["name"] = row.name.isEmpty ? nil : .string(row.name)
        object["boardId"] = .string(statuses.board.rawValue)
        object["description"] = .string(row.description)
        object["status"] = .string(match.status)
        object["priority"] = .string(priority.rawValue)
        object["assigneeId"] = assignee.map { .string($0.rawValue) }
        object["labels"] = .array(row.labels.map(JSONValue.string))
        object["dueAt"] = dueAt.map { .string($0.description) }
        do throws(BoardError) {
            return ImportRow(number: number, outcome: .draft(try TaskDraft(object)), notes: row.notes)
        } catch {
            return .bad(number, Self.words(for: error))
        }
    }

    /// Puts a block below the description.
    mutating func append(_ block: String) {
        guard !block.isEmpty else { return }
        description = description.isEmpty ? block : description + "\n\n" + block
    }

    /// Makes its texts as long as a task's may be. A name that is cut stands in full above the description.
    private mutating func fit() {
        append(kept.joined(separator: "\n"))
        (name, description) = (name.withoutZeros, description.withoutZeros)
        if name.isLonger(than: Self.longestName) {
            description = description.isEmpty ? name : name + "\n\n" + description
            name = name.cut(to: Self.longestName)
            notes.append(.cut(.name))
        }
        if description.isLonger(than: Self.longestDescription) {
            description = description.cut(to: Self.longestDescription)
            notes.append(.cut(.description))
        }
        var fitting: [String] = []
        for label in labels.prefix(LabelList.most).map(\.withoutZeros) where !label.isEmpty {
            let label = label.isLonger(than: Self.longestLabel) ? label.cut(to: Self.longestLabel) : label
            if !fitting.contains(where: { $0.hasSameBytes(as: label) }) { fitting.append(label) }
        }
        fitting.removeLast(max(0, fitting.count - Self.mostLabels))
        if labels.count > Self.mostLabels || labels.contains(where: { $0.isLonger(than: Self.longestLabel) }) {
            notes.append(.cut(.label))
        }
        labels = fitting
    }

    /// One of them will do: a row is corrected and sent again.
    private static func words(for error: BoardError) -> String {
        guard case .invalid(let errors) = error, let first = errors.first else { return error.description }
        return "\(first.pointer.split(separator: "/").first ?? "it") \(first.detail)"
    }
}

extension String {
    /// Its beginning, for reports about a file: a name in it may have any length.
    func prefixOfScalars(_ count: Int) -> String {
        utf8.count <= count ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }

    fileprivate func isLonger(than count: Int) -> Bool { utf8.count > count && unicodeScalars.count > count }

    /// So many scalars of it, the last of which says that there were more.
    fileprivate func cut(to count: Int) -> String { prefixOfScalars(count - 1) + "…" }

    /// SQLite ends a text at U+0000.
    fileprivate var withoutZeros: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\0" }))
    }
}
