import Events
import StrictJSON

/// Reads a token's payload, claim by claim (RFC 7519 §4.1).
struct ClaimsReader {
    /// Deepest nesting of a payload: a tenant claim may lie some objects down.
    static let deepest = 8

    private let payload: JSONObject

    /// - Throws: `payloadNotJSON`.
    init(_ bytes: ArraySlice<UInt8>) throws(TokenError) {
        let limits = JSONParser.Limits(bytes: CompactToken.longest, depth: Self.deepest)
        guard let object = try? JSONParser.parse(bytes, limits: limits).object else { throw .payloadNotJSON }
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
        let tenant = try tenant(at: rules.tenantClaim, boundTo: key.tenant)
        if key.tenant == nil, rules.tenantsWithIssuer.contains(tenant.rawValue) { throw .tenantOfAnotherIssuer }
        return Principal(
            tenant: tenant, user: user, role: try role(), boards: try boards(), expiresAt: expiresAt,
            issuedAt: try date("iat"), notBefore: try date("nbf"), tokenID: try text("jti", orElse: .tokenID),
            issuer: issuer, signer: key.id)
    }

    private func user() throws(TokenError) -> UserID {
        guard let user = payload["sub"]?.string.flatMap({ UserID($0) }) else { throw .subject }
        return user
    }

    private func tenant(at path: String, boundTo only: String?) throws(TokenError) -> TenantID {
        guard let tenant = value(at: path)?.string.flatMap({ TenantID($0) }) else { throw .tenant }
        if let only, !only.hasSameBytes(as: tenant.rawValue) { throw .tenantOfAnotherIssuer }
        return tenant
    }

    /// The whole path as one name comes first, as some issuers' claims are named by URLs.
    private func value(at path: String) -> JSONValue? {
        if let value = payload[path] { return value }
        var value = JSONValue.object(payload)
        for name in path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let next = value.object?[String(Substring(name))] else { return nil }
            value = next
        }
        return value
    }

    private func checkAudience(_ audience: String?) throws(TokenError) {
        guard let audience else { return }
        switch payload["aud"] {
        case .string(let value) where value.hasSameBytes(as: audience): return
        case .array(let values):
            guard values.contains(where: { $0.string?.hasSameBytes(as: audience) == true }),
                values.allSatisfy({ $0.string != nil })
            else { throw .audience }
        default: throw .audience
        }
    }

    private func role() throws(TokenError) -> Role {
        guard let value = payload["role"] else { return .member }
        guard let name = value.string, let role = Role(name: name) else { throw .role }
        return role
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
