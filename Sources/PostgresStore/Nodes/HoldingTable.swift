import Boards
import Events

/// The table `holdings`: what each node has, with the number of its last change.
enum HoldingTable {
    /// Writes what a node has now.
    static func write(_ changes: [HoldingChange], of node: NodeID) -> Statement {
        let keys = changes.map { Key($0.holding) }
        return Statement(
            """
            INSERT INTO boardcast.holdings (node, tenant, "user", board, count, change)
            SELECT $1, t, u, b, c, n FROM unnest($2::text[], $3::text[], $4::text[], $5::int8[], $6::int8[]) k(t, u, b, c, n)
            ON CONFLICT (node, tenant, "user", board) DO UPDATE SET count = excluded.count, change = excluded.change
            """, .text(node.description), .texts(keys.map(\.tenant)), .texts(keys.map(\.user)),
            .texts(keys.map(\.board)), .ints(changes.map(\.count)), .ints(changes.map(\.number)))
    }

    /// Whatever the node told before `base` is void: forgets it, and says so to the others.
    static func begin(at base: Int, of node: NodeID) -> [Statement] {
        [
            Statement("DELETE FROM boardcast.holdings WHERE node = $1", .text(node.description)),
            Statement(
                """
                INSERT INTO boardcast.holdings (node, tenant, "user", board, count, change) VALUES ($1, '', '', '', $2, $2)
                """, .text(node.description), .int(base)),
        ]
    }

    /// Deletes what is gone since long ago; who has not read that yet begins anew.
    static func prune(upTo number: Int, of node: NodeID) -> [Statement] {
        let (node, number) = (SQLValue.text(node.description), SQLValue.int(number))
        return [
            Statement(
                "DELETE FROM boardcast.holdings WHERE node = $1 AND count = 0 AND change <= $2 AND tenant <> ''", node,
                number),
            Statement(
                """
                UPDATE boardcast.holdings SET count = $2, change = $2
                WHERE node = $1 AND tenant = '' AND "user" = '' AND board = '' AND count < $2
                """, node, number),
        ]
    }

    /// Whether what the node told is there.
    static func isKnown(_ node: NodeID) -> Statement {
        Statement(
            "SELECT count FROM boardcast.holdings WHERE node = $1 AND tenant = '' AND \"user\" = '' AND board = ''",
            .text(node.description))
    }

    /// What the other nodes have, from where they were read last.
    static func changes(except node: NodeID, after places: [NodeID: HoldingPlace]) -> Statement {
        let known = places.map { $0 }
        return Statement(
            """
            SELECT h.node, h.tenant, h."user", h.board, h.count, h.change, s.count
            FROM boardcast.nodes n
            JOIN boardcast.holdings s ON s.node = n.id AND s.tenant = '' AND s."user" = '' AND s.board = ''
            LEFT JOIN unnest($2::text[], $3::int8[], $4::int8[]) k(node, number, base) ON k.node = n.id
            JOIN boardcast.holdings h ON h.node = n.id AND h.change > CASE
                WHEN k.node IS NULL OR s.count > k.base AND s.count > k.number THEN -1 ELSE k.number END
            WHERE n.id <> $1 ORDER BY h.node, h.change LIMIT $5
            """, .text(node.description), .texts(known.map(\.key.description)), .ints(known.map(\.value.number)),
            .ints(known.map(\.value.base)), .int(NodeNews.mostChanges))
    }

    static func changes(_ rows: Rows) throws(PostgresError) -> [NodeNews.Changes] {
        var found: [NodeNews.Changes] = []
        for index in 0..<rows.count {
            let row = rows.reader(index, of: "holdings")
            let node = try row.value(0, NodeID.init)
            if found.last?.node != node {
                found.append(.init(node: node, base: try row.int(6, in: 0...RowReader.highest), list: []))
            }
            let number = try row.int(5, in: 0...RowReader.highest)
            // The row without a tenant has been read by its base.
            guard let holding = try Key(row).holding else { continue }
            found[found.count - 1].list.append(
                HoldingChange(holding, count: try row.int(4, in: 0...RowReader.highest), number: number))
        }
        return found
    }

    private struct Key {
        let tenant: String
        let user: String
        let board: String

        init(_ holding: Holding) {
            tenant = holding.tenant.rawValue
            switch holding.kind {
            case .connections: (user, board) = ("", "")
            case .stay(let user, let board): (self.user, self.board) = (user.rawValue, board?.rawValue ?? "")
            }
        }

        init(_ row: RowReader) throws(PostgresError) {
            (tenant, user, board) = (try row.text(1), try row.text(2), try row.text(3))
        }

        /// Nil for the row without a tenant.
        var holding: Holding? {
            guard let tenant = TenantID(tenant) else { return nil }
            if user.isEmpty { return Holding(.connections, of: tenant) }
            guard let user = UserID(user) else { return nil }
            return Holding(.stay(user, BoardID(board)), of: tenant)
        }
    }
}
