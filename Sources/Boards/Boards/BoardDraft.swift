public import Events
public import StrictJSON

/// A board to be created, validated as far as possible without the store.
public struct BoardDraft: Sendable {
    public let id: BoardID
    /// The id, unless given.
    public let name: String
    public let statuses: [String]

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        let id = fields.boardID("id")
        if fields.value("id") == nil { fields.refuse("id", "is required") }
        let name = fields.boardName()
        let statuses = fields.statuses()
        try fields.finish()
        self.id = id!
        self.name = name ?? id!.rawValue
        self.statuses = statuses ?? Board.defaultStatuses
    }
}

/// Changes to a board, as a merge patch (RFC 7396).
public struct BoardPatch: Sendable {
    public let name: String?
    public let statuses: [String]?
    let own: OwnMembers

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        name = fields.boardName()
        statuses = fields.statuses()
        own = fields.own("id", "version", "createdAt", "updatedAt")
        try fields.finish()
    }
}

extension FieldReader {
    fileprivate mutating func boardName() -> String? { shownText("name", 1...500) }

    /// Null resets to the default.
    fileprivate mutating func statuses() -> [String]? {
        distinctStrings("statuses", 1...50, null: Board.defaultStatuses.map(JSONValue.string)) {
            $0.map(Board.isStatus) == true ? nil : "must be 1 to 64 characters of [a-z0-9_-]"
        }
    }
}
