/// How much of what administrators did is kept of a tenant.
public struct AdminLimits: Sendable {
    /// One `issuedBefore` is kept beyond them.
    public var revocations = 10_000
    /// The newest stay.
    public var auditEntries = 10_000

    public init() {}
}
