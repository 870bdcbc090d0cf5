public import Events
public import StrictJSON

/// A principal as one gateway hands it to another, through the database that both trust. Never a token.
extension Principal {
    /// Nil for what ``write(into:)`` does not write.
    public init?(_ object: JSONObject) {
        guard let tenant = object["tenant"]?.string.flatMap({ TenantID($0) }),
            let user = object["user"]?.string.flatMap({ UserID($0) }),
            let role = object["role"]?.string.flatMap({ Role(rawValue: $0) }),
            let expiresAt = object["expiresAt"]?.int
        else { return nil }
        var boards = Selection.Boards.all
        if let names = object["boards"]?.array {
            let ids = names.compactMap { $0.string.flatMap { BoardID($0) } }
            guard ids.count == names.count else { return nil }
            boards = .only(Set(ids))
        }
        var signer: SigningKeyID?
        if let text = object["signer"]?.string {
            guard let value = UInt64(text, radix: 16) else { return nil }
            signer = SigningKeyID(rawValue: value)
        }
        self.init(
            tenant: tenant, user: user, role: role, boards: boards, expiresAt: Timestamp(milliseconds: expiresAt),
            issuedAt: object["issuedAt"]?.int.map(Timestamp.init(milliseconds:)),
            notBefore: object["notBefore"]?.int.map(Timestamp.init(milliseconds:)),
            tokenID: object["tokenID"]?.string, issuer: object["issuer"]?.string, signer: signer)
    }

    public func write(into json: inout JSONWriter) {
        json.object { json in
            json.name("tenant"); json.string(tenant.rawValue)
            json.name("user"); json.string(user.rawValue)
            json.name("role"); json.string(role.rawValue)
            if case .only(let some) = boards {
                json.name("boards"); json.array(some.sorted()) { $0.string($1.rawValue) }
            }
            json.name("expiresAt"); json.int(expiresAt.milliseconds)
            if let issuedAt { json.name("issuedAt"); json.int(issuedAt.milliseconds) }
            if let notBefore { json.name("notBefore"); json.int(notBefore.milliseconds) }
            if let tokenID { json.name("tokenID"); json.string(tokenID) }
            if let issuer { json.name("issuer"); json.string(issuer) }
            if let signer { json.name("signer"); json.string(String(signer.rawValue, radix: 16)) }
        }
    }
}
