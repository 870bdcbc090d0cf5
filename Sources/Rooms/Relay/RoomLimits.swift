public import Events

/// Bounds and beats of the fan-out.
public struct RoomLimits: Sendable {
    /// A busy room is swept at most once in this time; an idle one at once. 0 sweeps every tick.
    public var coalesce = Duration.milliseconds(1)
    /// A state that streams are sent (``StreamState``) is sent at most once in this time.
    public var stateCoalesce = Duration.milliseconds(250)
    /// Connections written to before the event loop gets to do something else.
    public var slice = 256
    /// How long they are written to before that.
    public var sliceTime = Duration.microseconds(250)
    public var heartbeat = Duration.seconds(20)
    /// A connection that takes no byte for so long is closed.
    public var stall = Duration.seconds(60)
    /// About when a client that was cut shall come back.
    public var retry = Duration.seconds(3)
    /// Byte budget of one connection: half is the kernel's send buffer, a page of the log is at most a quarter.
    public var queueBytes = 262_144
    /// Memory of the frames that are kept for each tenant, and for all tenants together.
    public var recentBytes = 4 << 20
    public var recentBytesTotal = 256 << 20
    /// Memory of the bytes that wait for the sockets of all connections.
    public var queuedBytesTotal = 64 << 20
    public var connectionsTotal = 100_000
    /// The most reads of the store at once for each event loop; others wait in line.
    public var readsAtOnce = 8

    public var tenants = PerTenant(Tenant())

    /// The limits that can be set for one tenant.
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

    /// The send buffer that the kernel is asked for, of each connection.
    public var sendBuffer: Int { queueBytes / 2 }
    var pageBytes: Int { max(256, min(65_536, queueBytes / 4)) }
}
