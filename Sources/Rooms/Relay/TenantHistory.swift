public import Events

/// What the fan-out needs of the store: the log, and which boards there are.
public protocol TenantHistory: EventLog {
    func boardIDs(of tenant: TenantID) async throws -> Set<BoardID>
}
