public import Events
public import StrictJSON

/// Something that an administrator did.
public struct AdminAct: Sendable, Equatable {
    /// The kind of act, a dotted name: `tokens.revoked`.
    public let name: String
    /// The object or user that it was done to.
    public let subject: String
    /// Further details; may be empty.
    public let detail: String

    /// Texts must not hold U+0000.
    public init(_ name: String, subject: String, detail: String) {
        self.name = name
        self.subject = subject
        self.detail = detail
    }
}

/// An administrator's act as it was recorded.
public struct AuditEntry: Sendable, Equatable {
    /// 1, 2, 3 … in each tenant.
    public let id: Int
    public let act: AdminAct
    public let actor: UserID
    public let timestamp: Timestamp

    public init(id: Int, act: AdminAct, actor: UserID, timestamp: Timestamp) {
        self.id = id
        self.act = act
        self.actor = actor
        self.timestamp = timestamp
    }

    public func write(into json: inout JSONWriter) {
        json.object {
            $0.name("id"); $0.int(id)
            $0.name("act"); $0.string(act.name)
            $0.name("subject"); $0.string(act.subject)
            $0.name("detail"); $0.string(act.detail)
            $0.name("actor"); $0.string(actor.rawValue)
            $0.name("timestamp"); $0.string(timestamp.description)
        }
    }

    /// What ``write(into:)`` writes.
    public static let schema = JSONSchema.object([
        .required("id", .integer(from: 1)),
        .required("act", JSONSchema.eventType.described("What was done: `tokens.revoked`.")),
        .required("subject", .text()),
        .required("detail", .text()),
        .required("actor", .userID),
        .required("timestamp", .time),
    ]).named("AuditEntry")
}
