import StrictJSON

/// A column as a write gives it.
struct ColumnDraft: Sendable {
    /// Nil where one is to be made.
    let id: String?
    /// Nil for that of the column which has the id, or else for one made of the id.
    let name: String?
    /// `.some(nil)` for none, nil for that of the column which has the id.
    let limit: Int??

    /// What ``FieldReader/columns()`` takes for each.
    static let schema = JSONSchema.closed([
        .optional("id", JSONSchema.status.orNull.described("Made of the name where there is none.")),
        .optional("name", .text(1...100)),
        .optional("limit", .integer(StatusColumn.limits).orNull),
    ]).with(anyOf: [
        .having([.required("name", .text())]), .having([.required("id", .text())]),
    ]).named("ColumnDraft")

    /// The columns that a write comes to, with an id for each: the one that is given; else that of the column of `old`
    /// with the same name; else one made of the name, which no column has or had.
    static func columns(_ drafts: [ColumnDraft], over old: [StatusColumn]) -> [StatusColumn] {
        var taken = Set(drafts.compactMap(\.id))
        return drafts.map { draft in
            let known = old.first { column in
                if let id = draft.id { return column.id == id }
                return !taken.contains(column.id) && draft.name.map(column.name.hasSameBytes) == true
            }
            let id = draft.id ?? known?.id ?? made(of: draft.name ?? "", without: taken.union(old.map(\.id)))
            taken.insert(id)
            let column = known ?? StatusColumn(status: id)
            return StatusColumn(id: id, name: draft.name ?? column.name, limit: draft.limit ?? column.limit)
        }
    }

    /// `In Progress` becomes `in_progress`, and a name in another script `column`; with a number where that is taken.
    private static func made(of name: String, without taken: Set<String>) -> String {
        let isASCII = !name.unicodeScalars.contains { !$0.isASCII && $0.properties.isAlphabetic }
        let words = name.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "_")
        let base = isASCII && !words.isEmpty ? String(words.prefix(56)) : "column"
        if !taken.contains(base) { return base }
        // There are fewer than a thousand columns.
        return (2...1000).lazy.map { "\(base)-\($0)" }.first { !taken.contains($0) } ?? base
    }
}

extension FieldReader {
    /// The columns of a board; null resets to the default.
    mutating func columns() -> [ColumnDraft]? {
        guard let elements = elements("columns", Board.columnCounts, null: []) else { return nil }
        if elements.isEmpty {
            let defaults = Board.defaultStatuses.map(StatusColumn.init(status:))
            return defaults.map { ColumnDraft(id: $0.id, name: $0.name, limit: .some(nil)) }
        }
        var drafts: [ColumnDraft] = []
        var ids: Set<String> = []
        for (index, element) in elements.enumerated() {
            let place = "/columns/\(index)"
            guard let object = element.object else {
                refuse(at: place, "must be an object such as {\"name\": \"To do\"}")
                continue
            }
            var reader = FieldReader(object)
            let draft = ColumnDraft(
                id: reader.columnID(), name: reader.shownText("name", 1...100), limit: reader.columnLimit())
            if object["id"]?.isNull != false, object["name"] == nil {
                reader.refuse("name", "is required where no id is given")
            }
            if let id = draft.id, !ids.insert(id).inserted { reader.refuse("id", "is given twice") }
            take(reader, under: place)
            drafts.append(draft)
        }
        return drafts
    }

    private mutating func columnID() -> String? {
        guard let value = value("id"), !value.isNull else { return nil }
        guard let id = value.string, Board.isStatus(id) else {
            refuse("id", "must be 1 to 64 characters of [a-z0-9_-]")
            return nil
        }
        return id
    }

    private mutating func columnLimit() -> Int?? {
        guard let value = value("limit") else { return nil }
        if value.isNull { return .some(nil) }
        guard let limit = value.int, StatusColumn.limits ~= limit else {
            refuse("limit", "must be a whole number from 1 to 100000, or null")
            return nil
        }
        return limit
    }
}
