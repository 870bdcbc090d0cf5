public import Boards
public import Events

/// How a store keeps its promises.
public struct StoreSettings: Sendable {
    public enum Synchronous: String, Sendable {
        /// An acknowledged write survives a loss of power.
        case full
        /// An acknowledged write survives the death of the process.
        case normal
    }

    public var synchronous = Synchronous.full
    public var retention = Retention()
    public var admin = AdminLimits()
    /// Tenants of whose log more or less is kept.
    public var tenantRetention: [TenantID: Retention] = [:]
    /// Writes that may wait, of all tenants together and of one; more are refused as busy.
    public var queueLimit = 8192
    public var queueLimitPerTenant = 2048
    /// How long a write waits for another process to let go of the database.
    public var busyTimeout: Duration = .seconds(5)
    /// Connections that read beside the writer.
    public var readers = 4

    public init() {}

    func retention(of tenant: TenantID) -> Retention { tenantRetention[tenant] ?? retention }
}
