import Events
import StrictJSON

/// Reads a token's payload, claim by claim (RFC 7519 §4.1).
struct ClaimsReader {
    let payload: JSONObject

    /// - Throws: `payloadNotJSON`.
    init(_ bytes: ArraySlice<UInt8>) throws(TokenError) {
        guard let object = try? JSONParser.parse(bytes).object else { throw .payloadNotJSON }
        payload = object
    }

    /// `iss`, unverified: use it only to look up whose key must have signed the token.
    var claimedIssuer: String? { payload["iss"]?.string }

    /// What the token says, by every rule but those of its dates against the clock.
    func principal(by rules: TokenRules, signedWith key: TokenKey) throws(TokenError) -> Principal {
        guard let expiresAt = try date("exp") else { throw .expiryMissing }
        let issuer = try text("iss", orElse: .issuer)
        if let expected = key.issuer ?? rules.issuer {
            guard let issuer, issuer.hasSameBytes(as: expected) else { throw .issuer }
        }
        try checkAudience(key.audience ?? rules.audience)
        let user = try user()
        let tenant = try tenant(by: rules, boundTo: key.tenant)
        if key.tenant == nil, rules.tenantsWithIssuer.contains(tenant.rawValue) { throw .tenantOfAnotherIssuer }
        let role = (key.roles ?? rules.roles).role(in: payload)
        return Principal(
            tenant: tenant, user: user, role: role, boards: try boards(), expiresAt: expiresAt,
            issuedAt: try date("iat"), notBefore: try date("nbf"), tokenID: try text("jti", orElse: .tokenID),
            issuer: issuer, signer: key.id)
    }

    /// A whole number counts as its digits: some issuers sign the key of a table's row.
    private func user() throws(TokenError) -> UserID {
        guard let user = payload["sub"]?.name.flatMap({ UserID($0) }) else { throw .subject }
        return user
    }

    /// The tenant that the claim names. Without a claim it is the one that the key is bound to, else the settings' own.
    ///
    /// - Throws: `tenantMissing`, `severalTenants`, `tenant`, or `tenantOfAnotherIssuer` when the claim is not what the
    ///   key is bound to.
    private func tenant(by rules: TokenRules, boundTo only: String?) throws(TokenError) -> TenantID {
        guard let value = rules.tenantClaim.value(in: payload), let name = try tenantName(value) else {
            guard let tenant = only.flatMap({ TenantID($0) }) ?? rules.tenant else { throw .tenantMissing }
            return tenant
        }
        guard let tenant = TenantID(name) else { throw .tenant }
        if let only, !only.hasSameBytes(as: tenant.rawValue) { throw .tenantOfAnotherIssuer }
        return tenant
    }

    /// Nil when the claim is a list or an object without anything in it.
    private func tenantName(_ value: JSONValue) throws(TokenError) -> String? {
        if case .string(let name) = value { return name }
        let names = value.names
        guard names.count <= 1 else { throw .severalTenants }
        guard let first = names.first else { return nil }
        guard let first else { throw .tenant }
        return first
    }

    /// Where a token has no `aud`, the client that it was made for counts: `client_id`, else `azp`.
    private func checkAudience(_ audience: String?) throws(TokenError) {
        guard let audience else { return }
        switch payload["aud"] {
        case .string(let value) where value.hasSameBytes(as: audience): return
        case .array(let values):
            guard values.contains(where: { $0.string?.hasSameBytes(as: audience) == true }),
                values.allSatisfy({ $0.string != nil })
            else { throw .audience }
        case nil, .null:
            let client = payload["client_id"] ?? payload["azp"]
            guard client?.string?.hasSameBytes(as: audience) == true else { throw .audience }
        default: throw .audience
        }
    }

    /// Text that can't be a board's id names no board, and allows none.
    private func boards() throws(TokenError) -> Selection.Boards {
        guard let value = payload["boards"] else { return .all }
        guard let elements = value.array else { throw .boards }
        var boards: Set<BoardID> = []
        for element in elements {
            guard let name = element.string else { throw .boards }
            if let board = BoardID(name) { boards.insert(board) }
        }
        return .only(boards)
    }

    private func text(_ name: String, orElse error: TokenError) throws(TokenError) -> String? {
        guard let value = payload[name] else { return nil }
        guard let text = value.string else { throw error }
        return text
    }

    /// A NumericDate (RFC 7519 §2), rounded down to the millisecond.
    ///
    /// The bound is that of dates in JavaScript: 100 million days, in which no sum with a leeway overflows.
    private func date(_ name: String) throws(TokenError) -> Timestamp? {
        guard let value = payload[name] else { return nil }
        let bound = 8_640_000_000_000
        if let seconds = value.int {
            guard -bound...bound ~= seconds else { throw .notADate }
            return Timestamp(milliseconds: seconds * 1000)
        }
        guard let seconds = value.double, abs(seconds) <= Double(bound),
            let milliseconds = Int(exactly: (seconds * 1000).rounded(.down))
        else { throw .notADate }
        return Timestamp(milliseconds: milliseconds)
    }
}
