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
    public var retention = PerTenant(Retention())
    public var admin = AdminLimits()
    /// Writes that may wait, of all tenants together and of one; more are refused as busy.
    public var queueLimit = 8192
    public var queueLimitPerTenant = 2048
    /// How long a write waits for another process that holds the database.
    public var busyTimeout: Duration = .seconds(5)
    /// Connections that read beside the writer.
    public var readers = 4

    public init() {}
}
