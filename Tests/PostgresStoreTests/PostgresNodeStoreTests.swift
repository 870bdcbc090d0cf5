import Boards
import Events
import TestSupport
import Testing

@testable import PostgresStore

extension PostgresBoardStoreTests {
    /// Two stores are two gateways.
    private func with(
        _ count: Int = 2, _ body: ([PostgresBoardStore], [NodeState]) async throws -> Void
    ) async throws {
        let place = try TestServer.shared().emptied()
        var stores: [PostgresBoardStore] = []
        for _ in 0..<count {
            stores.append(
                try PostgresBoardStore(place, settings: .patient, now: { 1_768_473_000_000 }, announce: { _ in }))
        }
        let nodes = (0..<count).map {
            NodeState(id: NodeID(rawValue: UInt64($0) + 1), name: "n\($0)", address: "", startedAt: 0)
        }
        for (store, node) in zip(stores, nodes) { _ = try await store.nodeStore.join(node) }
        try await body(stores, nodes)
        for store in stores { await store.close() }
    }

    private var acme: TenantID { TenantID("acme")! }
    private var root: Principal { Principal(tenant: acme, user: UserID("root")!, role: .admin) }

    private func stay(_ user: String, _ count: Int, _ number: Int, on board: BoardID? = nil) -> HoldingChange {
        HoldingChange(Holding(.stay(UserID(user)!, board), of: acme), count: count, number: number)
    }

    @Test func `a revocation is an order that each node reads once, after those it has`() async throws {
        try await with { stores, nodes in
            let draft = RevocationDraft(.token(TokenID("t")!))
            _ = try await stores[0].revoke(draft, by: root, at: 1_768_473_000_000)
            _ = try await stores[1].nodeStore.order(
                .close(.user(UserID("ann")!), mayReturn: true), of: acme, by: nodes[1].id)
            var beat = NodeBeat(node: nodes[1].id, order: 0)
            let news = try await stores[1].nodeStore.beat(beat)
            #expect(news.orders.map(\.number) == [1, 2] && news.head == 2 && news.oldestOrder == 1)
            #expect(news.orders.map(\.node) == [nil, nodes[1].id] && news.orders.allSatisfy { $0.tenant == acme })
            guard case .revoke(.token(let id), 1_768_473_000_000) = news.orders[0].content else {
                Issue.record("\(news.orders[0])")
                return
            }
            #expect(id.rawValue == "t")
            beat.order = 2
            #expect(try await stores[1].nodeStore.beat(beat).orders.isEmpty)
        }
    }

    @Test func `a refused revocation orders nothing`() async throws {
        try await with(1) { stores, nodes in
            let draft = RevocationDraft(.token(TokenID("t")!))
            var settings = PostgresSettings.patient
            settings.admin.revocations = 0
            let full = try PostgresBoardStore(
                TestServer.shared().place(), settings: settings, now: { 0 }, announce: { _ in })
            await #expect(throws: BoardError.self) { _ = try await full.revoke(draft, by: root, at: 0) }
            #expect(try await stores[0].nodeStore.beat(NodeBeat(node: nodes[0].id, order: 0)).head == 0)
            await full.close()
        }
    }

    @Test func `what a node has is read by the others, from where they were`() async throws {
        try await with { stores, nodes in
            var told = NodeBeat(node: nodes[0].id, connections: 3, order: 0)
            told.changes = [stay("ann", 1, 1), stay("ben", 1, 2, on: .main)]
            _ = try await stores[0].nodeStore.beat(told)
            var beat = NodeBeat(node: nodes[1].id, order: 0)
            var news = try await stores[1].nodeStore.beat(beat)
            #expect(news.changes.count == 1 && news.changes[0].node == nodes[0].id && news.changes[0].base == 0)
            #expect(news.changes[0].list == told.changes && news.nodes.map(\.connections) == [3, 0])

            beat.places = [nodes[0].id: HoldingPlace(number: 2, base: 0)]
            #expect(try await stores[1].nodeStore.beat(beat).changes.isEmpty)
            told.changes = [stay("ann", 0, 3)]
            _ = try await stores[0].nodeStore.beat(told)
            news = try await stores[1].nodeStore.beat(beat)
            #expect(news.changes.map(\.list) == [[stay("ann", 0, 3)]])

            (told.changes, told.pruned) = ([stay("cat", 1, 4)], 3)
            _ = try await stores[0].nodeStore.beat(told)
            beat.places = [nodes[0].id: HoldingPlace(number: 3, base: 0)]
            #expect(try await stores[1].nodeStore.beat(beat).changes.map(\.list) == [[stay("cat", 1, 4)]])
            beat.places = [nodes[0].id: HoldingPlace(number: 2, base: 0)]
            news = try await stores[1].nodeStore.beat(beat)
            #expect(news.changes.map(\.base) == [3])
            #expect(news.changes.map(\.list) == [[stay("ben", 1, 2, on: .main), stay("cat", 1, 4)]])
        }
    }

    @Test func `a node that tells everything anew voids what it told before`() async throws {
        try await with { stores, nodes in
            var told = NodeBeat(node: nodes[0].id, order: 0)
            told.changes = [stay("ann", 1, 1)]
            _ = try await stores[0].nodeStore.beat(told)
            (told.base, told.changes) = (2, [])
            _ = try await stores[0].nodeStore.beat(told)
            let beat = NodeBeat(
                node: nodes[1].id, order: 0, places: [nodes[0].id: HoldingPlace(number: 1, base: 0)])
            let news = try await stores[1].nodeStore.beat(beat)
            #expect(news.changes.map(\.base) == [2] && news.changes.allSatisfy { $0.list.isEmpty })
        }
    }

    @Test func `a lease that has run out is ended by one, and the node learns of it`() async throws {
        try await with(3) { stores, nodes in
            var told = NodeBeat(node: nodes[0].id, order: 0)
            told.changes = [stay("ann", 1, 1)]
            _ = try await stores[0].nodeStore.beat(told)
            #expect(try await stores[1].nodeStore.endLeases(except: nodes[1].id) == [])
            let connection = try Connection(TestServer.shared().place(), by: .now() + .seconds(30))
            try connection.run(
                [Statement("UPDATE boardcast.nodes SET beat_at = beat_at - 60000 WHERE name = 'n0'")],
                by: .now() + .seconds(30))
            #expect(try await stores[1].nodeStore.members() == [nodes[1].id, nodes[2].id])
            #expect(try await stores[1].nodeStore.endLeases(except: nodes[1].id) == [nodes[0].id])
            #expect(try await stores[2].nodeStore.endLeases(except: nodes[2].id) == [])
            let news = try await stores[0].nodeStore.beat(NodeBeat(node: nodes[0].id, order: 0))
            #expect(!news.isMember && !news.isKnown && news.nodes.map(\.id) == [nodes[1].id, nodes[2].id])
        }
    }

    @Test func `a ticket is taken once in the whole database`() async throws {
        try await with { stores, _ in
            let digest = [UInt8](repeating: 7, count: 32)
            let (first, second) = (stores[0].nodeStore, stores[1].nodeStore)
            #expect(try await first.keep(ticket: digest, for: root, lifetime: .seconds(600), perUser: 2, total: 3))
            let taken = try await second.take(ticket: digest)
            #expect(taken?.user == root.user && taken?.role == .admin)
            #expect(try await first.take(ticket: digest) == nil)
            #expect(try await second.take(ticket: digest) == nil)
        }
    }

    private func keep(
        _ byte: UInt8, in store: any NodeStore, of user: String = "ann", lifetime: Duration = .seconds(600)
    ) async throws -> Bool {
        try await store.keep(
            ticket: [byte], for: Principal(tenant: acme, user: UserID(user)!), lifetime: lifetime, perUser: 2, total: 3)
    }

    @Test func `unused tickets are bounded: a user's oldest goes, and beyond the whole none is kept`() async throws {
        try await with(1) { stores, _ in
            let store = stores[0].nodeStore
            let isKept = try await keep(1, in: store, lifetime: .seconds(500))
            #expect(isKept)
            #expect(try await keep(2, in: store))
            #expect(try await keep(3, in: store))
            #expect(try await store.take(ticket: [1]) == nil)
            #expect(try await keep(4, in: store, of: "ben"))
            #expect(try await !keep(5, in: store, of: "cat"))
            #expect(try await store.take(ticket: [2]) != nil)
            #expect(try await keep(6, in: store, of: "cat", lifetime: .zero))
            #expect(try await store.take(ticket: [6]) == nil, "it has run out")
        }
    }

    @Test func `replies come to who has asked`() async throws {
        try await with { stores, nodes in
            let number = try await stores[0].nodeStore.order(
                .list(ConnectionQuery(limit: 1)), of: acme, by: nodes[0].id)
            #expect(try await stores[0].nodeStore.replies(to: number).isEmpty)
            try await stores[1].nodeStore.reply([(number, [1, 2])], by: nodes[1].id)
            try await stores[1].nodeStore.reply([(number, [3])], by: nodes[1].id)
            #expect(try await stores[0].nodeStore.replies(to: number) == [nodes[1].id: [1, 2]])
        }
    }
}
