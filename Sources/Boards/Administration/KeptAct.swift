public import Events
public import Logging
public import StrictJSON

/// Something that an administrator did, which is in force and is to be stored.
public struct KeptAct: Sendable {
    public enum Content: Sendable {
        case revocation(RevocationDraft)
        /// An act of which nothing but its record is stored.
        case record(AdminAct)
    }

    public let content: Content
    public let author: Principal
    /// When it came into force.
    public let timestamp: Timestamp

    public init(_ content: Content, by author: Principal, at timestamp: Timestamp) {
        self.content = content
        self.author = author
        self.timestamp = timestamp
    }

    /// The act as it is recorded.
    public var act: AdminAct {
        switch content {
        case .revocation(let draft): draft.act
        case .record(let act): act
        }
    }

    /// Who did what to whom. Texts from clients are as they came: the log escapes them. A detail may hold anything, and is
    /// not logged.
    public var metadata: Logger.Metadata {
        [
            "act": "\(act.name)", "subject": "\(act.subject)", "tenant": "\(author.tenant)",
            "actor": "\(author.user.rawValue)",
        ]
    }
}

/// A revocation that is in force and not stored yet, so that it has no number.
public struct WaitingRevocation: Sendable, Equatable {
    public let target: Revocation.Target
    public let reason: String?
    public let createdBy: UserID
    public let createdAt: Timestamp

    public init(_ draft: RevocationDraft, by author: UserID, at now: Timestamp) {
        (target, reason) = (draft.target, draft.reason)
        (createdBy, createdAt) = (author, now)
    }

    /// As ``Revocation/write(into:)``, with `null` for its number.
    public func write(into json: inout JSONWriter) {
        Revocation.write(nil, target, reason, createdBy, createdAt, into: &json)
    }

    /// Whether `stored` is this one, stored since.
    public func isStored(as stored: Revocation) -> Bool {
        target == stored.target && createdAt == stored.createdAt && createdBy == stored.createdBy
    }
}
