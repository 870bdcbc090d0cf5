import Boards
import Events
import Text

/// The statements about `nodes`, `orders`, `replies`, `holdings` and `tickets`.
enum NodeTables {
    /// Now, by the database's clock, in milliseconds since 1970.
    static let now = "(extract(epoch FROM clock_timestamp()) * 1000)::int8"
    /// For as long as orders and replies are kept: much longer than a node is away without reading all revocations anew.
    static let keptOrders = Duration.seconds(600)

    static let keptParcels = Duration.seconds(30)

    /// What is told again or good for seconds need not wait for the disk. For the transaction that it begins.
    static let hasty = Statement("SELECT set_config('synchronous_commit', 'off', true)")

    // MARK: Nodes

    static func insert(_ node: NodeState) -> Statement {
        Statement(
            """
            INSERT INTO boardcast.nodes (id, name, address, started_at, beat_at, connections)
            VALUES ($1, $2, $3, $4, \(now), 0)
            """, .text(node.id.description), .text(node.name), .text(node.address), .int(node.startedAt.milliseconds))
    }

    static func renew(_ beat: NodeBeat) -> Statement {
        Statement(
            "UPDATE boardcast.nodes SET beat_at = \(now), connections = $2, address = $3 WHERE id = $1",
            .text(beat.node.description), .int(beat.connections), .text(beat.address))
    }

    static let allNodes = Statement(
        "SELECT id, name, address, started_at, greatest(0, \(now) - beat_at), connections FROM boardcast.nodes ORDER BY id"
    )

    static func node(_ row: RowReader) throws(PostgresError) -> NodeState {
        NodeState(
            id: try row.value(0, NodeID.init), name: try row.text(1), address: try row.text(2),
            startedAt: try row.time(3), silence: .milliseconds(try row.int(4, in: 0...RowReader.highest)),
            connections: try row.int(5, in: 0...RowReader.highest))
    }

    /// Deletes the nodes whose leases have run out, and what they had.
    static func endLeases(except node: NodeID) -> Statement {
        Statement(
            """
            WITH gone AS (DELETE FROM boardcast.nodes WHERE id <> $1 AND beat_at < \(now) - $2 RETURNING id),
                forgotten AS (DELETE FROM boardcast.holdings WHERE node IN (SELECT id FROM gone))
            SELECT id FROM gone
            """, .text(node.description), .int(NodeState.lease.wholeMilliseconds))
    }

    static func delete(_ node: NodeID) -> [Statement] {
        let id = SQLValue.text(node.description)
        return [
            Statement("DELETE FROM boardcast.nodes WHERE id = $1", id),
            Statement("DELETE FROM boardcast.holdings WHERE node = $1", id),
        ]
    }

    static let members = Statement(
        "SELECT id FROM boardcast.nodes WHERE beat_at >= \(now) - $1", .int(NodeState.lease.wholeMilliseconds))

    // MARK: Orders

    /// Takes the next number and inserts the order. The number's row is held until the transaction ends.
    ///
    /// - Parameter node: nil for what concerns the node that gives it as well.
    static func insert(_ content: Order.Content, of tenant: TenantID, by node: NodeID?) -> Statement {
        Statement(
            """
            WITH taken AS (
                INSERT INTO boardcast.meta (name, value) VALUES ('orders', 1)
                ON CONFLICT (name) DO UPDATE SET value = meta.value + 1 RETURNING value)
            INSERT INTO boardcast.orders (number, tenant, node, content, at)
            SELECT value, $1, $2, $3, \(now) FROM taken RETURNING number
            """, .text(tenant.rawValue), .text(node?.description), .bytes(content.bytes))
    }

    static let head = Statement(
        """
        SELECT coalesce((SELECT value FROM boardcast.meta WHERE name = 'orders'), 0),
            (SELECT min(number) FROM boardcast.orders)
        """)

    static func orders(after number: Int) -> Statement {
        Statement(
            """
            SELECT number, tenant, node, content, greatest(0, \(now) - at) FROM boardcast.orders WHERE number > $1
            ORDER BY number LIMIT $2
            """, .int(number), .int(NodeNews.mostOrders))
    }

    static func order(_ row: RowReader) throws(PostgresError) -> Order {
        Order(
            number: try row.int(0), tenant: try row.value(1, TenantID.init), node: try row.valueIfAny(2, NodeID.init),
            content: Order.Content(try row.bytes(3)), age: .milliseconds(try row.int(4, in: 0...RowReader.highest)))
    }

    static func insert(reply body: [UInt8], to order: Int, by node: NodeID) -> Statement {
        Statement(
            """
            INSERT INTO boardcast.replies ("order", node, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
            """, .int(order), .text(node.description), .bytes(body))
    }

    static func replies(to order: Int) -> Statement {
        Statement("SELECT node, body FROM boardcast.replies WHERE \"order\" = $1", .int(order))
    }

    static var purge: [Statement] {
        let kept = SQLValue.int(keptOrders.wholeMilliseconds)
        return [
            Statement(
                """
                DELETE FROM boardcast.replies WHERE "order" <= (
                    SELECT max(number) FROM boardcast.orders WHERE at < \(now) - $1)
                """, kept),
            Statement("DELETE FROM boardcast.orders WHERE at < \(now) - $1", kept),
            Statement(
                "DELETE FROM boardcast.parcels WHERE at < \(now) - $1", .int(keptParcels.wholeMilliseconds)),
            Statement("DELETE FROM boardcast.tickets WHERE expires_at < \(now)"),
        ]
    }

    // MARK: Parcels

    static func insert(parcel: [UInt8]) -> Statement {
        Statement(
            "INSERT INTO boardcast.parcels (body, at) VALUES ($1, \(now)) RETURNING number", .bytes(parcel))
    }

    static func parcel(_ number: Int) -> Statement {
        Statement("SELECT body FROM boardcast.parcels WHERE number = $1", .int(number))
    }

    // MARK: Tickets

    static func insert(
        ticket digest: [UInt8], for principal: Principal, lifetime: Duration, perUser: Int, total: Int
    ) -> [Statement] {
        let (tenant, user) = (SQLValue.text(principal.tenant.rawValue), SQLValue.text(principal.user.rawValue))
        return [
            Statement(
                """
                DELETE FROM boardcast.tickets WHERE digest IN (
                    SELECT digest FROM boardcast.tickets WHERE tenant = $1 AND "user" = $2
                    ORDER BY expires_at DESC OFFSET $3)
                """, tenant, user, .int(perUser - 1)),
            Statement(
                """
                INSERT INTO boardcast.tickets (digest, tenant, "user", principal, expires_at)
                SELECT $1, $2, $3, $4, \(now) + $5
                WHERE (SELECT count(*) FROM (SELECT 1 FROM boardcast.tickets WHERE expires_at >= \(now) LIMIT $6) unused) < $6
                """, .bytes(digest), tenant, user, .bytes(principal.json), .int(lifetime.wholeMilliseconds), .int(total)
            ),
        ]
    }

    static func take(ticket digest: [UInt8]) -> Statement {
        Statement(
            "DELETE FROM boardcast.tickets WHERE digest = $1 RETURNING principal, greatest(0, expires_at - \(now))",
            .bytes(digest))
    }
}
