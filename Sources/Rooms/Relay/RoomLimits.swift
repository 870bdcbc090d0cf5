public import Events

/// Bounds and intervals of the fan-out. Times are nanoseconds unless their names say otherwise.
public struct RoomLimits: Sendable {
    /// A busy room is swept at most once in this time; an idle one at once. 0 sweeps every tick.
    public var coalesce: Int64 = 1_000_000
    /// A ``StreamState`` is sent at most once in this time.
    public var stateCoalesce: Int64 = 250_000_000
    /// Connections written to before the event loop may do other work.
    public var slice = 256
    public var heartbeat: Int64 = 20_000_000_000
    /// A connection that takes no byte for this long is closed.
    public var stall: Int64 = 60_000_000_000
    public var retryMilliseconds = 3000
    /// Byte budget of one connection: half is the kernel's send buffer, a page of the log is at most a quarter.
    public var queueBytes = 262_144
    /// Frames kept in memory for each tenant.
    public var recentBytes = 4 << 20
    public var connectionsTotal = 100_000
    /// The most reads of the store at once for each event loop; others wait in line.
    public var readsAtOnce = 8

    public var tenants = PerTenant(Tenant())

    /// What can be set for one tenant.
    public struct Tenant: Sendable, Equatable {
        public var connections: Int
        public var connectionsPerUser: Int
        /// The retention of the log, and so of the frames in memory.
        public var retention: Retention

        public init(connections: Int = 10_000, connectionsPerUser: Int = 64, retention: Retention = Retention()) {
            self.connections = connections
            self.connectionsPerUser = connectionsPerUser
            self.retention = retention
        }
    }

    public init() {}

    var pageBytes: Int { max(256, min(65_536, queueBytes / 4)) }
}
