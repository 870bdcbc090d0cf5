import Boards
import Events
import Rooms

/// The other nodes, and what each of them has, as far as this one has read.
///
/// A value: it gives back what has changed for the users who are here.
struct OtherNodes {
    /// What follows from what was read.
    struct Outcome {
        var arrived: [PresenceLedger.Stay] = []
        /// Those who left a node that is there, or has just gone.
        var left: [PresenceLedger.Stay] = []
        /// Those of a node whose lease has run out.
        var lost: [PresenceLedger.Stay] = []
        var hasCounts = false
    }

    fileprivate struct Other {
        var state: NodeState
        var place = HoldingPlace()
        var stays: Set<PresenceLedger.Stay> = []
        var connections: [TenantID: Int] = [:]
    }

    private var others: [NodeID: Other] = [:]

    /// In the order of their names.
    var states: [NodeState] { others.values.map(\.state).sorted { ($0.name, $0.id) < ($1.name, $1.id) } }
    var places: [NodeID: HoldingPlace] { others.mapValues(\.place) }

    /// The connections of each tenant on all of them.
    var connections: [TenantID: Int] {
        others.values.reduce(into: [:]) { $0.merge($1.connections, uniquingKeysWith: +) }
    }

    /// Takes over which nodes there are, and what has changed there.
    mutating func take(_ news: NodeNews, besides own: NodeID) -> Outcome {
        var outcome = Outcome()
        let listed = Dictionary(uniqueKeysWithValues: news.nodes.filter { $0.id != own }.map { ($0.id, $0) })
        for (id, other) in others where listed[id] == nil {
            if other.state.silence >= NodeState.lease - .seconds(1) {
                outcome.lost += other.stays
            } else {
                outcome.left += other.stays
            }
            if !other.connections.isEmpty { outcome.hasCounts = true }
            others[id] = nil
        }
        for (id, state) in listed { others[id, default: Other(state: state)].state = state }
        for changes in news.changes { others[changes.node]?.take(changes, &outcome) }
        return outcome
    }
}

extension OtherNodes.Other {
    fileprivate mutating func take(_ changes: NodeNews.Changes, _ outcome: inout OtherNodes.Outcome) {
        var forgotten: Set<PresenceLedger.Stay> = []
        if place.isVoid(at: changes.base) {
            forgotten = stays
            (stays, connections) = ([], [:])
            outcome.hasCounts = true
        }
        for change in changes.list {
            switch change.holding.kind {
            case .connections:
                connections[change.holding.tenant] = change.count > 0 ? change.count : nil
                outcome.hasCounts = true
            case .stay(let user, let board):
                let stay = PresenceLedger.Stay(user, on: board, of: change.holding.tenant)
                if change.count > 0 {
                    if stays.insert(stay).inserted, forgotten.remove(stay) == nil { outcome.arrived.append(stay) }
                } else if stays.remove(stay) != nil {
                    outcome.left.append(stay)
                }
            }
        }
        // Who is named again in the next page comes back within the time that a reconnect takes.
        outcome.left += forgotten
        place = HoldingPlace(
            number: max(changes.base, changes.list.last?.number ?? place.number), base: changes.base)
    }
}
