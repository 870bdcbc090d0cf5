public import Events
public import StrictJSON

/// A board to be created, validated as far as possible without the store.
public struct BoardDraft: Sendable {
    public let id: BoardID
    /// The id, unless given.
    public let name: String
    public let columns: [StatusColumn]

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        let id = fields.boardID("id")
        if fields.value("id") == nil { fields.refuse("id", "is required") }
        let name = fields.boardName()
        let choice = fields.columnChoice()
        let columns = choice.columns(over: [])
        if columns == nil { fields.refuse("columns", ColumnChoice.disagreement) }
        try fields.finish()
        self.id = id!
        self.name = name ?? id!.rawValue
        self.columns = choice.isGiven ? columns! : Board.defaultStatuses.map(StatusColumn.init(status:))
    }

    /// What ``init(_:)`` takes.
    public static let schema = JSONSchema.closed(
        [.required("id", .boardID), .optional("name", .boardName)] + JSONSchema.columnChoice
    ).named("BoardDraft")
}

/// Changes to a board, as a merge patch (RFC 7396).
public struct BoardPatch: Sendable {
    public let name: String?
    let choice: ColumnChoice
    let own: OwnMembers

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        name = fields.boardName()
        choice = fields.columnChoice()
        own = fields.own("id", "version", "createdAt", "updatedAt")
        try fields.finish()
    }

    /// What ``init(_:)`` takes.
    public static let schema = JSONSchema.closed(
        [.optional("name", .boardName)] + JSONSchema.columnChoice
            + JSONSchema.own("id", "version", "createdAt", "updatedAt")
    ).named("BoardPatch")
}

extension JSONSchema {
    fileprivate static let boardName = text(1...500).described("Not of blanks and invisible characters alone.")

    fileprivate static let columnChoice: [Member] = [
        .optional(
            "statuses",
            array(of: .status, Board.columnCounts, distinct: true).orNull.described(
                "The columns by their ids alone; they have names made of these.")),
        .optional("columns", array(of: ColumnDraft.schema, Board.columnCounts).orNull),
    ]
}

/// The columns as a write gives them: as statuses, as older clients do, or with their names, or both.
struct ColumnChoice: Sendable {
    let statuses: [String]?
    let drafts: [ColumnDraft]?

    static let disagreement = "must have the same ids as statuses, in the same order; one of them is enough"

    var isGiven: Bool { statuses != nil || drafts != nil }

    /// The columns that they come to; nil when the two disagree.
    ///
    /// Of a record that was read and is written back only what the client has changed counts: a client that does not
    /// know columns sends back those that it got, beside other statuses.
    func columns(over old: [StatusColumn]) -> [StatusColumn]? {
        let named = drafts.map { ColumnDraft.columns($0, over: old) }
        guard let statuses else { return named ?? old }
        let listed = statuses.map { status in old.first { $0.id == status } ?? StatusColumn(status: status) }
        guard let named, named.map(\.id) != statuses else { return named ?? listed }
        if named == old { return listed }
        return listed == old ? named : nil
    }
}

extension FieldReader {
    fileprivate mutating func boardName() -> String? { shownText("name", 1...500) }

    fileprivate mutating func columnChoice() -> ColumnChoice { ColumnChoice(statuses: statuses(), drafts: columns()) }

    /// Null resets to the default.
    private mutating func statuses() -> [String]? {
        distinctStrings("statuses", Board.columnCounts, null: Board.defaultStatuses.map(JSONValue.string)) {
            $0.map(Board.isStatus) == true ? nil : "must be 1 to 64 characters of [a-z0-9_-]"
        }
    }
}
