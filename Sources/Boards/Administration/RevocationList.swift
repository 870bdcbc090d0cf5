public import Events

/// The revocations in force of every tenant. Every verified token is checked against it, at the cost of a few look-ups
/// by hash, however many revocations there are.
public struct RevocationList: Sendable {
    private struct OfTenant {
        /// The revoked tokens, each with the time of its revocation.
        var tokens: [TokenID: Timestamp] = [:]
        var subjects: [UserID: Timestamp] = [:]
        var issuedBefore: Timestamp?

        var count: Int { tokens.count + subjects.count + (issuedBefore == nil ? 0 : 1) }
    }

    private var tenants: [TenantID: OfTenant] = [:]

    public init() {}

    /// A list of one revocation.
    public init(_ target: Revocation.Target, at createdAt: Timestamp, in tenant: TenantID) {
        insert(target, at: createdAt, in: tenant)
    }

    /// In any order; removes what `revocation` covers.
    public mutating func insert(_ revocation: Revocation, in tenant: TenantID) {
        insert(revocation.target, at: revocation.createdAt, in: tenant)
    }

    /// The same.
    public mutating func insert(_ target: Revocation.Target, at createdAt: Timestamp, in tenant: TenantID) {
        var mine = tenants.removeValue(forKey: tenant) ?? OfTenant()
        switch target {
        case .token(let id): mine.tokens[id] = max(createdAt, mine.tokens[id] ?? createdAt)
        case .subject(let user): mine.subjects[user] = max(createdAt, mine.subjects[user] ?? createdAt)
        case .issuedBefore(let time):
            mine.issuedBefore = max(time, mine.issuedBefore ?? time)
            mine.subjects = mine.subjects.filter { $0.value >= time }
            mine.tokens = mine.tokens.filter { $0.value + Revocation.certainty > time }
        }
        tenants[tenant] = mine
    }

    /// Inserts all of `other`.
    public mutating func formUnion(_ other: RevocationList) {
        for (tenant, revoked) in other.tenants {
            for (id, time) in revoked.tokens { insert(.token(id), at: time, in: tenant) }
            for (user, time) in revoked.subjects { insert(.subject(user), at: time, in: tenant) }
            if let time = revoked.issuedBefore { insert(.issuedBefore(time), at: time, in: tenant) }
        }
    }

    /// Whether the tenant has at most `limit` revocations with one more. One that replaces another always has room, as
    /// has an `issuedBefore` later than all others.
    public func hasRoom(for target: Revocation.Target, in tenant: TenantID, limit: Int) -> Bool {
        guard let mine = tenants[tenant], mine.count >= limit else { return true }
        return switch target {
        case .token(let id): mine.tokens[id] != nil
        case .subject(let user): mine.subjects[user] != nil
        case .issuedBefore(let time): mine.issuedBefore.map { $0 <= time } ?? true
        }
    }

    /// Whether a token is revoked.
    ///
    /// - Parameters:
    ///   - tokenID: its `jti`.
    ///   - issuedAt: its `iat`; a token without one counts as issued long ago.
    public func revokes(tokenID: String?, of user: UserID, issuedAt: Timestamp?, in tenant: TenantID) -> Bool {
        guard let mine = tenants[tenant] else { return false }
        let issuedAt = issuedAt ?? .distantPast
        if let time = mine.issuedBefore, issuedAt < time { return true }
        if let time = mine.subjects[user], issuedAt <= time { return true }
        guard !mine.tokens.isEmpty, let id = tokenID.flatMap(TokenID.init) else { return false }
        return mine.tokens[id] != nil
    }
}
