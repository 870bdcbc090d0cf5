import Events
public import StrictJSON

/// A revocation as an administrator asks for it: exactly one of `jti`, `sub`, `issuedBefore`, and perhaps a `reason`.
public struct RevocationDraft: Sendable, Equatable {
    public let target: Revocation.Target
    public let reason: String?

    /// - Throws: ``BoardError/invalid(_:)`` with everything that is wrong.
    public init(_ object: JSONObject) throws(BoardError) {
        var reader = FieldReader(object)
        let targets = [
            reader.tokenID("jti").map(Revocation.Target.token), reader.userID("sub").map(Revocation.Target.subject),
            reader.time("issuedBefore").map(Revocation.Target.issuedBefore),
        ].compactMap { $0 }
        reason = reader.text("reason", 0...500)
        if reader.errors.isEmpty, targets.count != 1 {
            reader.refuseWhole("must have exactly one of jti, sub and issuedBefore")
        }
        try reader.finish()
        target = targets[0]
    }

    /// What ``init(_:)-(JSONObject)`` takes.
    public static let schema = JSONSchema.closed([
        .optional("jti", .text(1...255)),
        .optional("sub", JSONSchema.userID.described("Every token of this user so far.")),
        .optional("issuedBefore", JSONSchema.time.described("Every token that was issued earlier.")),
        .optional("reason", .text(0...500)),
    ]).with(
        oneOf: ["jti", "sub", "issuedBefore"].map { .having([.required($0, .any)]) }
    ).named("RevocationDraft")

    public init(_ target: Revocation.Target, reason: String? = nil) {
        self.target = target
        self.reason = reason
    }

    /// The act as it is recorded in the audit log.
    public var act: AdminAct {
        let subject =
            switch target {
            case .token(let token): "jti \(token)"
            case .subject(let user): "sub \(user)"
            case .issuedBefore(let time): "issuedBefore \(time)"
            }
        return AdminAct("tokens.revoked", subject: subject, detail: reason ?? "")
    }
}

extension FieldReader {
    fileprivate mutating func tokenID(_ name: String) -> TokenID? {
        guard let value = value(name) else { return nil }
        guard let id = value.string.flatMap(TokenID.init) else {
            refuse(name, "must be 1 to 255 bytes of text without U+0000")
            return nil
        }
        // A whole token instead of its `jti` would be kept and shown, and have no effect.
        if id.rawValue.utf8.starts(with: "eyJ".utf8), id.rawValue.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 {
            refuse(name, "looks like a whole token; give its claim jti")
            return nil
        }
        return id
    }

    fileprivate mutating func userID(_ name: String) -> UserID? {
        guard let value = value(name) else { return nil }
        guard let id = value.string.flatMap(UserID.init) else {
            refuse(name, "must be 1 to 255 bytes of text without U+0000")
            return nil
        }
        return id
    }

    fileprivate mutating func time(_ name: String) -> Timestamp? {
        guard let value = value(name) else { return nil }
        guard let time = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
            refuse(name, "must be a time as RFC 3339 has it, such as 2026-01-15T10:30:00Z")
            return nil
        }
        return time
    }
}
