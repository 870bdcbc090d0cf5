public import Events
import StrictJSON

/// Why the tenant and the role of a valid token came out as they did.
public struct TokenReasons: Sendable, Equatable {
    public enum Tenant: Sendable, Equatable {
        /// The claim of `auth.tenantClaim` names it.
        case claim(String)
        /// There is no such claim, and the token's issuer is of this tenant alone.
        case issuer
        /// There is no such claim, and the settings name this tenant.
        case setting
    }

    public enum Role: Sendable, Equatable {
        /// The claim has this name of ours.
        case ours(String)
        /// The settings map this name.
        case mapped(String)
        /// The claim has these names, of which none means anything here.
        case unknown([String])
        /// There is no such claim.
        case absent
    }

    public let principal: Principal
    public let tenant: Tenant
    public let role: Role
    /// The claims that were looked at.
    public let tenantClaim: String
    public let roleClaim: String

    public static func == (left: TokenReasons, right: TokenReasons) -> Bool {
        left.tenant == right.tenant && left.role == right.role
    }
}

extension TokenVerifier {
    /// The principal of `token` and why it is this one, if it is valid at `now`.
    ///
    /// - Throws: as ``verify(_:at:)-(String,_)`` does.
    public func reasons(of token: String, at now: Timestamp) throws(TokenError) -> TokenReasons {
        try token.utf8.span.withUnsafeBytes { bytes throws(TokenError) in
            let (payload, key) = try readClaims(bytes)
            let principal = try payload.principal(by: rules, signedWith: key)
            try rules.checkDates(of: principal, at: now)
            return payload.reasons(for: principal, by: rules, signedWith: key)
        }
    }
}

extension ClaimsReader {
    fileprivate func reasons(
        for principal: Principal, by rules: TokenRules, signedWith key: TokenKey
    ) -> TokenReasons {
        let tenant: TokenReasons.Tenant =
            if rules.tenantClaim.value(in: payload)?.names.isEmpty == false { .claim(rules.tenantClaim.text) } else {
                key.tenant == nil ? .setting : .issuer
            }
        let roles = key.roles ?? rules.roles
        return TokenReasons(
            principal: principal, tenant: tenant, role: roles.reason(in: payload), tenantClaim: rules.tenantClaim.text,
            roleClaim: roles.claim.text)
    }
}

extension RoleRules {
    /// Why ``role(in:)`` is what it is.
    fileprivate func reason(in payload: JSONObject) -> TokenReasons.Role {
        guard let value = claim.value(in: payload) else { return .absent }
        let names = names(in: value)
        guard !names.isEmpty else { return .absent }
        let known = names.compactMap { name in
            name.flatMap { name in role(named: name, in: value).map { (name: name, role: $0) } }
        }
        guard let highest = known.max(by: { $0.role < $1.role }) else { return .unknown(names.compactMap(\.self)) }
        return map[highest.name] == nil ? .ours(highest.name) : .mapped(highest.name)
    }
}
