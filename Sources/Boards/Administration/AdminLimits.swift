/// How many revocations and audit entries are kept for each tenant.
public struct AdminLimits: Sendable {
    /// Revocations of tokens and users; one `issuedBefore` is kept in addition.
    public var revocations = 10_000
    /// Audit entries; the newest are kept.
    public var auditEntries = 10_000

    public init() {}
}
