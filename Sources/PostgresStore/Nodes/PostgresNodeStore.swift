import Boards
import Events
import StrictJSON

/// What several gateways on one PostgreSQL tell each other. Beats have a connection of their own, so that what waits for the
/// readers does not delay them.
final class PostgresNodeStore: NodeStore {
    private let beats: ReaderPool
    private let readers: ReaderPool
    private let wakes: Wakes
    private let log: WorkLog
    private let answerTime: Duration

    init(_ place: PostgresPlace, _ settings: PostgresSettings, readers: ReaderPool, wakes: Wakes, log: WorkLog) {
        var own = settings
        own.readers = 1
        own.answerTime = min(settings.answerTime, .seconds(2))
        answerTime = own.answerTime
        beats = ReaderPool(place, own)
        (self.readers, self.wakes, self.log) = (readers, wakes, log)
    }

    func close() async { await beats.close() }

    func join(_ node: NodeState) async throws(StoreFailure) -> Int {
        try await run(on: beats) { connection, deadline in
            let found = try connection.run(
                [NodeTables.insert(node)] + HoldingTable.begin(at: 0, of: node.id) + [NodeTables.head], by: deadline)
            return try found[3].reader(0, of: "orders").int(0, in: 0...RowReader.highest)
        }
    }

    func beat(_ beat: NodeBeat) async throws(StoreFailure) -> NodeNews {
        try await run(on: beats) { connection, deadline in
            var statements = [NodeTables.hasty, NodeTables.renew(beat)]
            if let base = beat.base { statements += HoldingTable.begin(at: base, of: beat.node) }
            if let number = beat.pruned { statements += HoldingTable.prune(upTo: number, of: beat.node) }
            if !beat.changes.isEmpty { statements.append(HoldingTable.write(beat.changes, of: beat.node)) }
            let first = statements.count
            statements += [
                HoldingTable.isKnown(beat.node), NodeTables.head, NodeTables.orders(after: beat.order),
                NodeTables.allNodes, HoldingTable.changes(except: beat.node, after: beat.places),
            ]
            let found = try connection.run(statements, by: deadline)
            let head = found[first + 1].reader(0, of: "orders")
            return NodeNews(
                isMember: found[1].changed > 0, isKnown: found[first].count > 0,
                head: try head.int(0, in: 0...RowReader.highest),
                orders: try found[first + 2].map(of: "orders", NodeTables.order), oldestOrder: try? head.int(1),
                nodes: try found[first + 3].map(of: "nodes", NodeTables.node),
                changes: try HoldingTable.changes(found[first + 4]))
        }
    }

    func endLeases(except node: NodeID) async throws(StoreFailure) -> [NodeID] {
        try await run(on: beats) { connection, deadline in
            try connection.run([NodeTables.endLeases(except: node)], by: deadline)[0].map(of: "nodes", Self.id)
        }
    }

    func leave(_ node: NodeID) async throws(StoreFailure) {
        _ = try await run(on: beats) { connection, deadline in
            try connection.run(NodeTables.delete(node), by: deadline).count
        }
    }

    func members() async throws(StoreFailure) -> Set<NodeID> {
        try await run(on: readers) { connection, deadline in
            Set(try connection.run([NodeTables.members], by: deadline)[0].map(of: "nodes", Self.id))
        }
    }

    func order(_ content: Order.Content, of tenant: TenantID, by node: NodeID) async throws(StoreFailure) -> Int {
        defer { tell(.wakes, node.description) }
        return try await run(on: readers, repeats: false) { connection, deadline in
            try connection.run(
                [NodeTables.hasty, NodeTables.insert(content, of: tenant, by: node)], by: deadline)[1]
                .reader(0, of: "orders").int(0)
        }
    }

    func reply(_ replies: [(order: Int, body: [UInt8])], by node: NodeID) async throws(StoreFailure) {
        let statements = replies.map { NodeTables.insert(reply: $0.body, to: $0.order, by: node) }
        _ = try await run(on: readers) { connection, deadline in
            try connection.run(statements, by: deadline).count
        }
    }

    func replies(to order: Int) async throws(StoreFailure) -> [NodeID: [UInt8]] {
        try await run(on: readers) { connection, deadline in
            let rows = try connection.run([NodeTables.replies(to: order)], by: deadline)[0]
            var found: [NodeID: [UInt8]] = [:]
            for index in 0..<rows.count {
                let row = rows.reader(index, of: "replies")
                found[try row.value(0, NodeID.init)] = try row.bytes(1)
            }
            return found
        }
    }

    func keep(parcel: [UInt8]) async throws(StoreFailure) -> Int {
        try await run(on: readers, repeats: false) { connection, deadline in
            try connection.run([NodeTables.hasty, NodeTables.insert(parcel: parcel)], by: deadline)[1]
                .reader(0, of: "parcels").int(0)
        }
    }

    func parcel(_ number: Int) async throws(StoreFailure) -> [UInt8]? {
        try await run(on: readers) { connection, deadline in
            try connection.run([NodeTables.parcel(number)], by: deadline)[0]
                .first(of: "parcels") { row throws(PostgresError) in try row.bytes(0) }
        }
    }

    func hear(
        _ channel: NodeChannel, _ heard: @escaping @Sendable (String) -> Void,
        mayHaveMissed: @escaping @Sendable () -> Void
    ) {
        wakes.hear(channel.name, heard, mayHaveMissed: mayHaveMissed)
    }

    @discardableResult func tell(_ channel: NodeChannel, _ text: String) -> Bool { wakes.tell(channel.name, text) }

    func purge() async throws(StoreFailure) {
        _ = try await run(on: readers) { connection, deadline in
            try connection.run(NodeTables.purge, by: deadline).count
        }
    }

    func keep(
        ticket digest: [UInt8], for principal: Principal, lifetime: Duration, perUser: Int, total: Int
    ) async throws(StoreFailure) -> Bool {
        let statements = NodeTables.insert(
            ticket: digest, for: principal, lifetime: lifetime, perUser: perUser, total: total)
        return try await run(on: readers, repeats: false) { connection, deadline in
            try connection.run([NodeTables.hasty] + statements, by: deadline)[2].changed == 1
        }
    }

    /// Not tried again: a ticket that was taken without an answer is used up.
    func take(ticket digest: [UInt8]) async throws(StoreFailure) -> Principal? {
        try await run(on: readers, repeats: false) { connection, deadline in
            let rows = try connection.run([NodeTables.hasty, NodeTables.take(ticket: digest)], by: deadline)[1]
            guard rows.count == 1 else { return nil }
            let row = rows.reader(0, of: "tickets")
            guard try row.int(1, in: 0...RowReader.highest) > 0,
                let object = try? JSONParser.parse(row.bytes(0)).object
            else { return nil }
            return Principal(object)
        }
    }

    private static func id(_ row: RowReader) throws(PostgresError) -> NodeID { try row.value(0, NodeID.init) }

    private func run<Value: Sendable>(
        on pool: ReaderPool, repeats: Bool = true,
        _ body: @escaping @Sendable (Connection, _ deadline: Uptime) throws -> Value
    ) async throws(StoreFailure) -> Value {
        do {
            return try await pool.run(repeats: repeats) { [answerTime] in try body($0, .now() + answerTime) }
        } catch {
            let failure = StoreFailure(error)
            // That the database is away is heard of where reads and writes fail.
            if case .broken = failure { log.chores.note(failure) }
            throw failure
        }
    }
}

extension NodeChannel {
    /// As PostgreSQL knows it.
    fileprivate var name: String {
        switch self {
        case .wakes: "boardcast_nodes"
        case .passing: "boardcast_passing"
        }
    }
}

extension Principal {
    var json: [UInt8] {
        var json = JSONWriter(reserving: 256)
        write(into: &json)
        return json.bytes
    }
}
