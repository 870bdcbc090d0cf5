import Boards
import Events
import Rooms
import TestSupport
import Testing

@testable import Gateway

@Suite struct OtherNodesTests {
    private static let own = NodeID(rawValue: 1)
    private static let other = NodeID(rawValue: 2)
    private static let tenant = TenantID("acme")!

    private func state(_ id: NodeID, silence: Duration = .zero) -> NodeState {
        NodeState(id: id, name: "\(id)", address: "", startedAt: 0, silence: silence)
    }

    private func news(
        _ changes: [HoldingChange] = [], base: Int = 0, silence: Duration = .zero, isThere: Bool = true
    ) -> NodeNews {
        NodeNews(
            isMember: true, isKnown: true, head: 0, orders: [], oldestOrder: nil,
            nodes: [state(Self.own)] + (isThere ? [state(Self.other, silence: silence)] : []),
            changes: changes.isEmpty && base == 0 ? [] : [.init(node: Self.other, base: base, list: changes)])
    }

    private func stay(_ user: String, _ count: Int, _ number: Int) -> HoldingChange {
        HoldingChange(Holding(.stay(UserID(user)!, nil), of: Self.tenant), count: count, number: number)
    }

    @Test func `users come and go as the node says, and each is told once`() {
        var nodes = OtherNodes()
        let first = nodes.take(news([stay("ann", 1, 1), stay("ben", 1, 2)]), besides: Self.own)
        #expect(Set(first.arrived.map(\.user.rawValue)) == ["ann", "ben"])
        #expect(nodes.places[Self.other] == HoldingPlace(number: 2, base: 0))
        let second = nodes.take(news([stay("ann", 1, 3), stay("ben", 0, 4)]), besides: Self.own)
        #expect(second.arrived.isEmpty && second.left.map(\.user.rawValue) == ["ben"])
    }

    @Test func `a node that tells everything anew sends away only those whom it does not name`() {
        var nodes = OtherNodes()
        _ = nodes.take(news([stay("ann", 1, 1), stay("ben", 1, 2)]), besides: Self.own)
        let outcome = nodes.take(news([stay("ann", 1, 6)], base: 5), besides: Self.own)
        #expect(outcome.arrived.isEmpty && outcome.left.map(\.user.rawValue) == ["ben"])
        #expect(nodes.places[Self.other] == HoldingPlace(number: 6, base: 5))
    }

    @Test func `who has read further than what was pruned begins nothing anew`() {
        var nodes = OtherNodes()
        _ = nodes.take(news([stay("ann", 1, 7)]), besides: Self.own)
        let outcome = nodes.take(news([stay("ben", 1, 8)], base: 5), besides: Self.own)
        #expect(outcome.left.isEmpty && outcome.arrived.map(\.user.rawValue) == ["ben"])
    }

    @Test func `the users of a node whose lease ran out are gone, those of one that left come back or not`() {
        for (silence, isLost) in [(Duration.seconds(6), true), (.milliseconds(300), false)] {
            var nodes = OtherNodes()
            _ = nodes.take(news([stay("ann", 1, 1)], silence: silence), besides: Self.own)
            let outcome = nodes.take(news(isThere: false), besides: Self.own)
            #expect(outcome.lost.count == (isLost ? 1 : 0) && outcome.left.count == (isLost ? 0 : 1))
            #expect(nodes.states.isEmpty)
        }
    }

    @Test func `connections of all nodes are added up`() {
        var nodes = OtherNodes()
        let change = HoldingChange(Holding(.connections, of: Self.tenant), count: 4, number: 1)
        #expect(nodes.take(news([change]), besides: Self.own).hasCounts)
        #expect(nodes.connections == [Self.tenant: 4])
        #expect(nodes.take(news(isThere: false), besides: Self.own).hasCounts)
        #expect(nodes.connections.isEmpty)
    }
}

@Suite struct OwnHoldingsTests {
    private static let tenant = TenantID("acme")!
    private static let ann = PresenceLedger.Stay(UserID("ann")!, on: nil, of: tenant)
    private let node = NodeID(rawValue: 1)

    private func tell(_ holdings: inout OwnHoldings, at now: Uptime = 0) -> NodeBeat {
        var beat = NodeBeat(node: node, order: 0)
        holdings.tell(in: &beat, at: now)
        return beat
    }

    @Test func `a change is told until it was certainly told, under higher numbers each time`() {
        var holdings = OwnHoldings()
        holdings.note([(Self.ann, true)], connections: [Self.tenant: 1])
        let first = tell(&holdings)
        let second = tell(&holdings)
        #expect(first.changes.count == 2 && second.changes.count == 2)
        #expect(second.changes.map(\.number).min()! > first.changes.map(\.number).max()!)
        holdings.settle(second)
        #expect(tell(&holdings).changes.isEmpty)
    }

    @Test func `what has changed again meanwhile is told again`() {
        var holdings = OwnHoldings()
        holdings.note([(Self.ann, true)], connections: [:])
        let beat = tell(&holdings)
        holdings.note([(Self.ann, false)], connections: [:])
        holdings.settle(beat)
        #expect(tell(&holdings).changes.map(\.count) == [0])
    }

    @Test func `a tenant whose last connection has gone is told once`() {
        var holdings = OwnHoldings()
        for connections in [[Self.tenant: 2], [Self.tenant: 2], [:], [:]] {
            holdings.note([], connections: connections)
            let beat = tell(&holdings)
            #expect(beat.changes.count <= 1)
            holdings.settle(beat)
        }
        holdings.note([], connections: [:])
        #expect(tell(&holdings).changes.isEmpty)
    }

    @Test func `what the database has lost is told from a new base`() {
        var holdings = OwnHoldings()
        holdings.note([(Self.ann, true)], connections: [Self.tenant: 1])
        let before = tell(&holdings)
        holdings.settle(before)
        holdings.tellAll()
        holdings.note([(Self.ann, true)], connections: [Self.tenant: 1])
        let beat = tell(&holdings)
        #expect(beat.base.map { $0 > before.changes.map(\.number).max()! } == true)
        #expect(beat.changes.count == 2 && beat.changes.allSatisfy { $0.number > beat.base! })
        holdings.settle(beat)
        #expect(tell(&holdings).base == nil)
    }

    @Test func `what is gone is kept for those who have not read it yet`() {
        var holdings = OwnHoldings()
        holdings.note([(Self.ann, false)], connections: [:])
        let first = tell(&holdings, at: 0)
        holdings.settle(first)
        #expect(first.pruned == nil && tell(&holdings, at: .second(29)).pruned == nil)
        #expect(tell(&holdings, at: .second(31)).pruned == first.changes.last?.number)
    }

    @Test func `one beat tells so many changes, and the next the rest`() {
        var holdings = OwnHoldings()
        let many = (0..<OwnHoldings.mostTold + 5).map {
            (stay: PresenceLedger.Stay(UserID("u\($0)")!, on: nil, of: Self.tenant), isHere: true)
        }
        holdings.note(many, connections: [:])
        let beat = tell(&holdings)
        #expect(beat.changes.count == OwnHoldings.mostTold && holdings.room == 0)
        holdings.settle(beat)
        #expect(tell(&holdings).changes.count == 5)
    }
}
