public import Events
public import StrictJSON

/// A job to be created, validated as far as possible without the store.
public struct JobDraft: Sendable {
    public let name: String
    public let board: BoardID?
    public let input: JSONValue?

    /// - Precondition: `name` has 1 to 200 characters, and `input` ``JobLimits/payload`` bytes at most.
    public init(name: String, board: BoardID? = nil, input: JSONValue? = nil) {
        self.name = name
        self.board = board
        self.input = input
    }

    /// - Throws: ``BoardError/invalid(_:)`` with every error.
    public init(_ object: JSONObject) throws(BoardError) {
        var fields = FieldReader(object)
        let name = fields.shownText("name", 1...200)
        if fields.value("name") == nil { fields.refuse("name", "is required") }
        board = object["boardId"]?.isNull == true ? fields.null("boardId") : fields.boardID("boardId")
        input = fields.payload("input") ?? nil
        fields.refuseServerOwned(
            "id", "status", "progress", "message", "result", "error", "details", "version", "createdBy", "createdAt",
            "updatedAt")
        try fields.finish()
        self.name = name!
    }

    /// What ``init(_:)`` takes.
    public static let schema = JSONSchema.closed([
        .required("name", .text(1...200)),
        .optional("boardId", JSONSchema.boardID.orNull.described("Whose readers see it; its creator alone without.")),
        .optional("input", .payload),
    ]).named("JobDraft")
}

extension JSONSchema {
    /// What ``FieldReader/payload(_:)`` takes.
    static let payload = any.described("Any JSON, of \(JobLimits.payload) bytes at most.")
}

extension FieldReader {
    /// Any JSON of ``JobLimits/payload`` bytes at most; `.some(nil)` for null.
    mutating func payload(_ name: String) -> JSONValue?? {
        guard let value = value(name) else { return nil }
        if value.isNull { return .some(nil) }
        var json = JSONWriter()
        json.value(value)
        guard json.bytes.count <= JobLimits.payload else {
            refuse(name, "must be at most \(JobLimits.payload) bytes of JSON")
            return nil
        }
        return value
    }

    /// Text, or null.
    mutating func nullableText(_ name: String, _ length: ClosedRange<Int>) -> String?? {
        guard let value = value(name) else { return nil }
        if value.isNull { return .some(nil) }
        return text(name, length).map { .some($0) }
    }

    /// A member that is null.
    fileprivate mutating func null<Value>(_ name: String) -> Value? {
        _ = value(name)
        return nil
    }
}
