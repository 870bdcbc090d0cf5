public import Boards
public import Events

/// Settings of the store: durability, retention and bounds.
public struct StoreSettings: Sendable {
    public enum Synchronous: String, Sendable {
        /// Acknowledged writes survive a loss of power.
        case full
        /// Acknowledged writes survive the death of the process.
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
    /// The size from which on the write-ahead log is called large, in bytes.
    public var largeLog = 256 << 20
    /// The number of connections that read, besides the writer's.
    public var readers = 4
    /// Bytes of the database that each connection keeps in memory.
    public var cacheBytes = 16 << 20

    public init() {}

    /// How old what is deleted by age can be at most.
    var longestAge: Duration {
        retention.own.values.reduce(max(retention.standard.age, IdempotencyKey.lifetime)) { max($0, $1.age) }
    }
}
