import StrictJSON
import Text

/// Which columns of a table are for which fields of a task, by the names that the usual tools give them.
struct TaskColumns {
    /// What a column is for.
    enum Role { case name, description, status, priority, assignee, labels, dueAt, type, archived }

    /// The tools whose values have to be read in ways of their own.
    enum Tool {
        /// Our own export, whose texts are read as they are.
        case boardcast
        /// Rows of several types; priorities are 1 to 4, of which 1 is the highest.
        case todoist
        /// Labels with their colours: `Bug (red)`; archived cards.
        case trello
        /// Lists in brackets; priorities are 1 to 4, of which 1 is the highest.
        case clickUp
        /// People, and labels with their colours, with spaces between them; archived cards.
        case wekan
        case other
    }

    /// As an export has them.
    static let exported = [
        "name", "description", "status", "priority", "assigneeId", "labels", "dueAt", "id", "createdBy", "createdAt",
    ]

    /// Names as people and tools write them, in small letters without anything between.
    private static let known: [String: Role] = {
        let names: [(Role, String)] = [
            (.name, "name title task summary subject cardname cardtitle taskname tasktitle issuesummary content todo"),
            (.description, "description desc notes note body details carddescription taskdescription taskcontent"),
            (.status, "status state list listname column columnname section sectioncolumn bucket bucketname stage"),
            (.priority, "priority prio prioritylevel"),
            (
                .assignee,
                "assigneeid assignee assignees assignedto assign owner owners responsible person people member members"
            ),
            (.labels, "labels label tags tag"),
            (.dueAt, "dueat due duedate duedatetime dueon deadline targetdate"),
        ]
        // Spreadsheets, Jira and Planner name them in their users' language.
        let translated: [(Role, String)] = [
            (.name, "titel aufgabe aufgabenname zusammenfassung titre nom tâche résumé título nombre tarea resumen"),
            (.description, "beschreibung notizen descripción notas descrição"), (.status, "spalte statut état estado"),
            (.priority, "priorität priorité prioridad prioridade"),
            (.assignee, "zugewiesenan bearbeiter zuständig verantwortlich responsable assignéà asignadoa responsável"),
            (.labels, "stichwörter bezeichnungen etiketten étiquettes etiquetas"),
            (
                .dueAt,
                "fällig fälligam fälligkeit fälligkeitsdatum échéance datedéchéance vencimiento fechadevencimiento"
            ),
        ]
        var known: [String: Role] = [:]
        for (role, words) in names + translated {
            for word in words.split(separator: " ") { known[String(word)] = role }
        }
        return known
    }()
    /// Written by an export; an import makes its own.
    private static let silent: Set = ["", "id", "createdby", "createdat", "updatedat", "version", "rank", "boardid"]
    /// Names of columns that may hold several people, with commas between them.
    private static let plural: Set = [
        "assignees", "assignedto", "assign", "owners", "members", "responsible", "person", "people",
    ]
    /// Names of columns for people who need not be those that do the task, and of one for a number that a name has.
    private static let secondary = ["member": 1, "members": 1, "owner": 2, "owners": 2, "assigneeid": 3]

    let tool: Tool
    let ignored: [String]
    /// How many columns there are.
    let count: Int
    /// How many of them say something about a task.
    let known: Int
    private let roles: [Role?]
    /// As reports and descriptions name the columns.
    private let titles: [String]
    private let folded: [String]

    init(_ header: [String]) {
        let folded = header.map(Self.fold)
        let tool = Self.tool(header, Set(folded))
        var roles = folded.map { Self.role(of: $0, tool) }
        // Todoist's name for a task; elsewhere what is in it.
        if let content = folded.firstIndex(of: "content"),
            roles.indices.contains(where: { $0 != content && roles[$0] == .name })
        {
            roles[content] = .description
        }
        // Notion's, and that of many a table that somebody made.
        if tool == .other, !roles.contains(.dueAt), let date = folded.firstIndex(of: "date") { roles[date] = .dueAt }
        // Who made or keeps a card that is given to somebody.
        let isGiven = zip(folded, roles).contains { $1 == .assignee && Self.secondary[$0] == nil }
        for index in roles.indices where isGiven && Self.secondary[folded[index]] == 2 { roles[index] = nil }
        var ignored: [String] = []
        for (title, (name, role)) in zip(header, zip(folded, roles)) where role == nil && ignored.count < 20 {
            guard !Self.silent.contains(name) || name.isEmpty && !title.trimmed.isEmpty else { continue }
            let title = String(title.trimmed).prefixOfScalars(64)
            // Jira has a column for each comment there may be.
            if !ignored.contains(where: { $0.hasSameBytes(as: title) }) { ignored.append(title) }
        }
        (self.tool, self.roles, self.ignored, count) = (tool, roles, ignored, header.count)
        self.folded = folded
        titles = header.map { String($0.trimmed).prefixOfScalars(64).printable }
        known = roles.count { $0 != nil }
    }

    var hasName: Bool { roles.contains(.name) }

    private static func tool(_ header: [String], _ names: Set<String>) -> Tool {
        if exported.allSatisfy(header.contains) { return .boardcast }
        if names.isSuperset(of: ["type", "content"]) { return .todoist }
        if names.contains("cardname") { return .trello }
        if names.contains("taskcontent") { return .clickUp }
        if names.isSuperset(of: ["title", "list", "swimlane", "archived"]) { return .wekan }
        return .other
    }

    private static func role(of name: String, _ tool: Tool) -> Role? {
        switch (tool, name) {
        case (.todoist, "type"): .type
        case (.todoist, "date"): .dueAt
        case (.trello, "archived"), (.wekan, "archived"): .archived
        // Where the task is; it has a status besides.
        case (.clickUp, "listname"): nil
        default: known[name]
        }
    }

    /// Letters alone, small: `Due date` is `duedate`. Nothing for a title with another separator in it.
    private static func fold(_ title: String) -> String {
        guard !title.utf8.contains(where: { ",;\t".utf8.contains($0) }) else { return "" }
        let letters = title.unicodeScalars.prefix(64).filter(\.properties.isAlphabetic)
        return String(String.UnicodeScalarView(letters)).lowercased()
    }

    /// The texts of a record that are for `role`, in the order of the columns; those that are empty are left out.
    func texts(_ role: Role, of record: [String]) -> [String] {
        zip(roles, record).compactMap { found, text in found == role ? value(text) : nil }
    }

    /// Of columns that mean the same the first that says something counts.
    func text(_ role: Role, of record: [String]) -> String? {
        for (found, text) in zip(roles, record) where found == role {
            if let value = value(text) { return value }
        }
        return nil
    }

    /// The texts of a record that are for `role`, each with its column's title.
    func cells(_ role: Role, of record: [String]) -> [(title: String, text: String)] {
        zip(roles, record).enumerated().compactMap { index, cell in
            guard cell.0 == role, let text = value(cell.1) else { return nil }
            return (titles[index], text)
        }
    }

    /// The texts of a record that are in no column, or in one without a title.
    func strays(of record: [String]) -> [String] {
        record.enumerated().compactMap { index, text in
            index < count && !titles[index].isEmpty ? nil : value(text)
        }
    }

    /// The people to whom a record is given, by their column's title: those of the columns that say so come first.
    func people(of record: [String]) -> [(title: String, names: [String])] {
        let columns = roles.indices.filter { roles[$0] == .assignee && $0 < record.count }
            .sorted { (Self.secondary[folded[$0]] ?? 0, $0) < (Self.secondary[folded[$1]] ?? 0, $1) }
        var known: [String] = []
        var people: [(title: String, names: [String])] = []
        for index in columns {
            guard let text = value(record[index]) else { continue }
            // The number of somebody who has been named.
            if Self.secondary[folded[index]] == 3, !people.isEmpty { continue }
            var names: [String] = []
            for name in self.names(in: text, isPlural: Self.plural.contains(folded[index]))
            where !known.contains(where: { $0.hasSameBytes(as: name) }) {
                names.append(name)
                known.append(name)
            }
            if !names.isEmpty { people.append((titles[index], names)) }
        }
        return people
    }

    /// `Ann; Bo`, and where several are usual `Ann, Bo`: elsewhere a comma may be that of `Example, Ann`.
    private func names(in text: String, isPlural: Bool) -> [String] {
        if tool == .boardcast { return [text] }
        let text = tool == .clickUp ? Self.unbracketed(text) : text
        if tool == .wekan { return text.split(separator: " ").prefix(Self.mostPeople).map(String.init) }
        let hasSemicolons = text.utf8.contains(UInt8(ascii: ";"))
        let commaSplits = (isPlural || tool == .clickUp) && !hasSemicolons
        return text.split { $0 == ";" || $0.isNewline || commaSplits && $0 == "," }.prefix(Self.mostPeople)
            .map { String($0.trimmed) }.filter { !$0.isEmpty }
            .map { tool == .todoist ? Self.withoutNumber($0) : $0 }
    }

    /// People of one field that are looked at.
    static let mostPeople = 100

    /// The labels of a record, from all of its columns for them.
    func labels(of record: [String], splitBy separator: LabelList.Separator) -> [String] {
        var labels: [String] = []
        for text in texts(.labels, of: record) {
            let text = tool == .clickUp ? Self.unbracketed(text) : text
            for var label in tool == .wekan ? Self.coloured(text) : LabelList.labels(in: text, separator) {
                if tool == .trello { label = Self.withoutColour(label) }
                if !labels.contains(where: { $0.hasSameBytes(as: label) }) { labels.append(label) }
            }
        }
        return labels
    }

    private func value(_ text: String) -> String? {
        guard tool != .boardcast else { return text.isEmpty ? nil : SpreadsheetText.unshielded(text) }
        let text = String(text.trimmed)
        if tool == .clickUp, text == "null" { return nil }
        return text.isEmpty ? nil : String(SpreadsheetText.unshielded(text).trimmed)
    }

    /// `[Ann, Bo]`: ClickUp's lists.
    private static func unbracketed(_ text: String) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    }

    /// `Ann (1234)`: Todoist's people.
    private static func withoutNumber(_ text: String) -> String {
        guard text.hasSuffix(")"), let open = text.lastIndex(of: "("),
            text[text.index(after: open)...].dropLast().utf8.allSatisfy(\.isASCIIDigit)
        else { return text }
        return String(text[..<open].trimmed)
    }

    /// `Bug (red)`: Trello's labels. One that is a colour alone keeps its name.
    private static func withoutColour(_ text: String) -> String {
        guard text.hasSuffix(")"), let open = text.lastIndex(of: "(") else { return text }
        let colour = text[text.index(after: open)...].dropLast()
        guard colours.contains(String(colour.prefix { $0 != "_" })) else { return text }
        let name = text[..<open].trimmed
        return name.isEmpty ? String(colour) : String(name)
    }

    /// `Bug-red In doubt-blue -green`: Wekan's labels, each of which ends with its colour.
    private static func coloured(_ text: String) -> [String] {
        var labels: [String] = []
        var words: [Substring] = []
        for word in text.split(separator: " ") where labels.count < LabelList.most {
            words.append(word)
            guard let dash = word.lastIndex(of: "-"), case let colour = String(word[word.index(after: dash)...]),
                colours.contains(colour) || wekanColours.contains(colour)
            else { continue }
            words[words.count - 1] = word[..<dash]
            let name = String(words.joined(separator: " ").trimmed)
            labels.append(name.isEmpty ? colour : name)
            words = []
        }
        return words.isEmpty ? labels : labels + [words.joined(separator: " ")]
    }

    private static let colours: Set = [
        "green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black", "null",
    ]
    private static let wekanColours: Set = [
        "white", "silver", "peachpuff", "crimson", "plum", "darkgreen", "slateblue", "magenta", "gold", "navy", "gray",
        "saddlebrown", "paleturquoise", "mistyrose", "indigo",
    ]
}
