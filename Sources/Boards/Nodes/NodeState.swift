public import Events

/// A gateway as the others know it.
public struct NodeState: Sendable, Equatable {
    /// How long a node is one of the others without a beat.
    public static let lease = Duration.seconds(5)

    public let id: NodeID
    /// `cluster.nodeName`; several may have the same.
    public let name: String
    /// Where it listens.
    public let address: String
    public let startedAt: Timestamp
    /// How long ago its last beat was, by the database's clock.
    public var silence: Duration
    public var connections: Int

    public init(
        id: NodeID, name: String, address: String, startedAt: Timestamp, silence: Duration = .zero,
        connections: Int = 0
    ) {
        (self.id, self.name, self.address, self.startedAt) = (id, name, address, startedAt)
        (self.silence, self.connections) = (silence, connections)
    }
}
