public import Events

/// The users who are present because of connections of this node, and what has changed since the other nodes were told.
///
/// A value; lives inside the hub's lock. It holds at most what the connections here ask for.
public struct PresenceLedger {
    /// One user on one board, or with nil on every board.
    public struct Stay: Sendable, Hashable {
        public let tenant: TenantID
        public let user: UserID
        public let board: BoardID?

        public init(_ user: UserID, on board: BoardID?, of tenant: TenantID) {
            (self.user, self.board, self.tenant) = (user, board, tenant)
        }
    }

    private var connections: [Stay: Int] = [:]
    private var changed: Set<Stay> = []

    mutating func arrive(_ user: UserID, at boards: Selection.Boards, in tenant: TenantID) {
        for stay in Presence.stays(of: user, at: boards) {
            let stay = Stay(user, on: stay.board, of: tenant)
            connections[stay, default: 0] += 1
            if connections[stay] == 1 { changed.insert(stay) }
        }
    }

    mutating func leave(_ user: UserID, from boards: Selection.Boards, in tenant: TenantID) {
        for stay in Presence.stays(of: user, at: boards) {
            let stay = Stay(user, on: stay.board, of: tenant)
            guard let count = connections[stay] else { continue }
            connections[stay] = count > 1 ? count - 1 : nil
            if count == 1 { changed.insert(stay) }
        }
    }

    /// Takes up to `count` of the stays that have changed, each with whether its user is there now.
    mutating func takeChanges(_ count: Int) -> [(stay: Stay, isHere: Bool)] {
        guard !changed.isEmpty else { return [] }
        let taken = changed.count <= count ? changed : Set(changed.prefix(count))
        changed.subtract(taken)
        return taken.map { ($0, connections[$0] != nil) }
    }

    /// Has everything told again: the others have forgotten it.
    mutating func tellAll() { changed = Set(connections.keys) }
}
