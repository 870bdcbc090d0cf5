public import StrictJSON

/// An event to be published, as `POST /api/publish` takes it.
public struct PublicationDraft {
    private let type: String
    private let board: String?
    private let user: String?
    private let isEphemeral: Bool
    private let data: JSONValue

    /// - Parameters:
    ///   - type: a dotted name.
    ///   - board: whose readers receive it; nil means those of the whole tenant, unless there is a user.
    ///   - user: the only one who receives it, if given.
    ///   - isEphemeral: whether it is neither numbered nor logged.
    public init(type: String, board: String?, user: String?, isEphemeral: Bool, data: JSONValue) {
        (self.type, self.board, self.user, self.isEphemeral, self.data) = (type, board, user, isEphemeral, data)
    }

    /// The body of the call.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string(type)
            if let board { $0.name("boardId"); $0.string(board) }
            if let user { $0.name("userId"); $0.string(user) }
            if isEphemeral { $0.name("ephemeral"); $0.bool(true) }
            $0.name("data"); $0.value(data)
        }
        return json.bytes
    }
}
