public import Events

/// What several gateways on one database need of it to be one gateway. A store of one gateway alone has none of it.
///
/// Times are the database's: the clocks of the nodes' machines are never compared.
public protocol NodeStore: Sendable {
    /// Makes this process a node.
    ///
    /// - Returns: the number of the newest order: all that was ordered before is among the revocations that are read
    ///   after this.
    func join(_ node: NodeState) async throws(StoreFailure) -> Int

    /// Renews the node's lease, tells what it has, and reads what there is to know. One round trip.
    func beat(_ beat: NodeBeat) async throws(StoreFailure) -> NodeNews

    /// Ends the leases that have run out, and forgets what those nodes had. Of several nodes that call it, one gets each.
    ///
    /// - Returns: the nodes that are no more.
    func endLeases(except node: NodeID) async throws(StoreFailure) -> [NodeID]

    /// Forgets the node and what it had.
    func leave(_ node: NodeID) async throws(StoreFailure)

    /// The nodes whose leases run.
    func members() async throws(StoreFailure) -> Set<NodeID>

    /// Gives an order to all nodes.
    ///
    /// - Returns: its number.
    func order(_ content: Order.Content, of tenant: TenantID, by node: NodeID) async throws(StoreFailure) -> Int

    /// Stores what a node answers to orders.
    func reply(_ replies: [(order: Int, body: [UInt8])], by node: NodeID) async throws(StoreFailure)
    func replies(to order: Int) async throws(StoreFailure) -> [NodeID: [UInt8]]

    /// Keeps something too long for a channel, for some seconds.
    ///
    /// - Returns: its number.
    func keep(parcel: [UInt8]) async throws(StoreFailure) -> Int
    /// Nil for one that is not there any more.
    func parcel(_ number: Int) async throws(StoreFailure) -> [UInt8]?

    /// Has `heard` called with what is told on a channel, by this node too, on a thread where it must not block.
    ///
    /// - Parameter mayHaveMissed: something may have been told that is lost.
    func hear(
        _ channel: NodeChannel, _ heard: @escaping @Sendable (String) -> Void,
        mayHaveMissed: @escaping @Sendable () -> Void)
    /// Tells all nodes; returns at once.
    ///
    /// - Returns: false when it is not told: it is too long, or too much waits.
    @discardableResult func tell(_ channel: NodeChannel, _ text: String) -> Bool

    /// Deletes orders, replies, parcels and tickets that nobody needs any more.
    func purge() async throws(StoreFailure)

    /// Keeps a ticket, by its digest alone; beyond `perUser` of one user, the oldest goes.
    ///
    /// - Returns: false when there are `total` already.
    func keep(
        ticket digest: [UInt8], for principal: Principal, lifetime: Duration, perUser: Int, total: Int
    ) async throws(StoreFailure) -> Bool

    /// Takes a ticket, once in the whole database; nil when it is unknown, used or expired.
    func take(ticket digest: [UInt8]) async throws(StoreFailure) -> Principal?
}

/// What a node tells with each beat.
public struct NodeBeat: Sendable {
    public var node: NodeID
    /// Where it listens.
    public var address: String
    public var connections: Int
    /// What it has now, in the order of the changes' numbers.
    public var changes: [HoldingChange] = []
    /// Set when `changes` is the beginning of everything that the node has: whatever has a lower number is void.
    public var base: Int?
    /// Set when those of the changes up to here that say that something is gone need not be kept.
    public var pruned: Int?
    /// The last order that it has carried out.
    public var order: Int
    /// How far it has read what the others have.
    public var places: [NodeID: HoldingPlace]

    public init(
        node: NodeID, address: String = "", connections: Int = 0, order: Int, places: [NodeID: HoldingPlace] = [:]
    ) {
        (self.node, self.address, self.connections) = (node, address, connections)
        (self.order, self.places) = (order, places)
    }
}

/// What a node learns with each beat.
public struct NodeNews: Sendable {
    /// The most orders, and changes of what others have, that one beat reads.
    public static let mostOrders = 500
    public static let mostChanges = 5000

    /// False when its lease has run out and another node has ended it.
    public var isMember: Bool
    /// False when what it told is gone, as after a crash of the database.
    public var isKnown: Bool
    /// The newest order's number, and the orders after the one that was given. Unreadable ones have no content.
    public var head: Int
    public var orders: [Order]
    /// The oldest order that is still there; nil for none.
    public var oldestOrder: Int?
    /// Every node whose row is there, with this one.
    public var nodes: [NodeState]
    public var changes: [Changes]

    /// What changed at one node.
    public struct Changes: Sendable {
        public let node: NodeID
        public let base: Int
        public var list: [HoldingChange]

        public init(node: NodeID, base: Int, list: [HoldingChange]) {
            (self.node, self.base, self.list) = (node, base, list)
        }
    }

    public init(
        isMember: Bool, isKnown: Bool, head: Int, orders: [Order], oldestOrder: Int?, nodes: [NodeState],
        changes: [Changes]
    ) {
        (self.isMember, self.isKnown, self.head, self.orders) = (isMember, isKnown, head, orders)
        (self.oldestOrder, self.nodes, self.changes) = (oldestOrder, nodes, changes)
    }

    /// Whether orders after `number` are gone, so that the revocations have to be read as a whole.
    public func hasLost(after number: Int) -> Bool { head > number && (oldestOrder ?? .max) > number + 1 }
}
