public import Events

/// What one node has all nodes do. Orders have numbers, 1, 2, 3 … in the whole database in the order of their commits, and
/// each node carries them out in that order.
public struct Order: Sendable {
    public enum Content: Sendable {
        /// Refuse the tokens, and end the connections that they opened. Nobody waits for an answer.
        case revoke(Revocation.Target, at: Timestamp)
        /// End one connection, or all of a user, that are older than the order.
        case close(Connections, mayReturn: Bool)
        /// Let a connection go on with the token of its user that another node was given.
        case renew(connection: String, Principal)
        /// Say which connections the tenant has.
        case list(ConnectionQuery)
    }

    public enum Connections: Sendable, Equatable {
        case one(String)
        case user(UserID)
    }

    public let number: Int
    public let tenant: TenantID
    /// The node that gave it.
    public let node: NodeID?
    /// Nil for one that this release does not know.
    public let content: Content?
    /// How long ago it was given, by the database's clock.
    public let age: Duration

    public init(number: Int, tenant: TenantID, node: NodeID?, content: Content?, age: Duration) {
        (self.number, self.tenant, self.node, self.content, self.age) = (number, tenant, node, content, age)
    }
}

/// A page of the connections of one tenant, oldest first.
public struct ConnectionQuery: Sendable, Equatable {
    /// Those of this user.
    public var user: UserID?
    /// Those that show this board.
    public var board: BoardID?
    /// Those after the connection that began then and has this id.
    public var after: Place?
    public var limit: Int

    /// Where a connection stands in the order of all.
    public struct Place: Sendable, Equatable, Comparable {
        public let connectedAt: Timestamp
        public let id: String

        public init(connectedAt: Timestamp, id: String) { (self.connectedAt, self.id) = (connectedAt, id) }

        public static func < (left: Place, right: Place) -> Bool {
            (left.connectedAt, left.id) < (right.connectedAt, right.id)
        }
    }

    public init(user: UserID? = nil, board: BoardID? = nil, after: Place? = nil, limit: Int) {
        (self.user, self.board, self.after, self.limit) = (user, board, after, limit)
    }
}
