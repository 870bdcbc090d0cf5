public import Boards
public import Events

/// Settings of the store: how it connects, retention and bounds.
public struct PostgresSettings: Sendable {
    /// Connections that write; each tenant has one of them.
    public var writers = 2
    /// Connections that read.
    public var readers = 3
    public var retention = PerTenant(Retention())
    public var admin = AdminLimits()
    /// Writes that may wait, of all tenants together and of one; more are refused as busy.
    public var queueLimit = 8192
    public var queueLimitPerTenant = 2048
    /// How long a client waits for a write while the database does not answer.
    public var patience: Duration = .milliseconds(800)
    /// How long an answer of the server is waited for, until the connection is given up.
    public var answerTime: Duration = .seconds(5)

    public init() {}

    /// How old what is deleted by age can be at most.
    var longestAge: Duration {
        retention.own.values.reduce(max(retention.standard.age, IdempotencyKey.lifetime)) { max($0, $1.age) }
    }
}
