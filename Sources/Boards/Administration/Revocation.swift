public import Events
public import StrictJSON

/// Declares tokens of one tenant invalid, regardless of their signatures and dates.
public struct Revocation: Sendable, Equatable {
    public enum Target: Sendable, Equatable {
        /// The token with this `jti`.
        case token(TokenID)
        /// Every token of this user that was issued up to the revocation, and every one without `iat`.
        case subject(UserID)
        /// Every token that was issued before this time, and every one without `iat`.
        case issuedBefore(Timestamp)
    }

    /// 1, 2, 3 … in each tenant; never given twice.
    public let id: Int
    public let target: Target
    /// The reason that the administrator gave, at most 500 characters.
    public let reason: String?
    public let createdBy: UserID
    public let createdAt: Timestamp

    public init(id: Int, target: Target, reason: String?, createdBy: UserID, createdAt: Timestamp) {
        self.id = id
        self.target = target
        self.reason = reason
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    public func write(into json: inout JSONWriter) {
        Self.write(id, target, reason, createdBy, createdAt, into: &json)
    }

    /// What ``write(into:)`` writes, also of one that is not stored yet.
    public static let schema = JSONSchema.object([
        .required("id", JSONSchema.integer(from: 1).orNull.described("Null until it is stored.")),
        .optional("jti", .text(1...255)),
        .optional("sub", .userID),
        .optional("issuedBefore", .time),
        .required("reason", JSONSchema.text(0...500).orNull),
        .required("createdBy", .userID),
        .required("createdAt", .time),
    ]).named("Revocation")

    /// - Parameter id: nil for one that is not stored yet.
    static func write(
        _ id: Int?, _ target: Target, _ reason: String?, _ createdBy: UserID, _ createdAt: Timestamp,
        into json: inout JSONWriter
    ) {
        json.object {
            $0.name("id")
            if let id { $0.int(id) } else { $0.null() }
            switch target {
            case .token(let token): $0.name("jti"); $0.string(token.rawValue)
            case .subject(let user): $0.name("sub"); $0.string(user.rawValue)
            case .issuedBefore(let time): $0.name("issuedBefore"); $0.string(time.description)
            }
            $0.name("reason")
            if let reason { $0.string(reason) } else { $0.null() }
            $0.name("createdBy"); $0.string(createdBy.rawValue)
            $0.name("createdAt"); $0.string(createdAt.description)
        }
    }
}

extension Revocation.Target {
    public var isIssuedBefore: Bool { if case .issuedBefore = self { true } else { false } }
}

extension Revocation {
    /// How long after a token's revocation the token has certainly been issued, even if clocks differ: an
    /// `issuedBefore` at least this much later covers that revocation.
    public static let certainty = Duration.seconds(86_400)

    /// Whether `older` adds nothing to this one, so that it need not be kept.
    public func covers(_ older: Revocation) -> Bool {
        switch (target, older.target) {
        case (.token(let token), .token(let other)): token == other
        case (.subject(let user), .subject(let other)): user == other && older.createdAt <= createdAt
        case (.issuedBefore(let time), .issuedBefore(let other)): other <= time
        case (.issuedBefore(let time), .subject): older.createdAt < time
        case (.issuedBefore(let time), .token): older.createdAt + Self.certainty <= time
        default: false
        }
    }
}
