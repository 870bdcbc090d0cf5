/// Whoever keeps the ends of tenants' logs in memory while others, too, write to them.
///
/// What it is told are hints: they may be late, doubled, or wrong. It reads the log before it believes them.
public protocol LogFollower: Sendable {
    /// Of each log that is kept, the place after the newest event that is known.
    var places: [(tenant: TenantID, place: Cursor)] { get }

    /// The log may have reached `head`.
    func advance(_ tenant: TenantID, to head: Int)

    /// The log may have gone back to an earlier state, or may go on from one.
    func doubt(_ tenant: TenantID)

    /// - Parameter body: called whenever one more log is kept, on any thread; must not block.
    func whenKept(_ body: @escaping @Sendable (TenantID) -> Void)
}
