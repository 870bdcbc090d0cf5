public import Events
import Synchronization

/// Users who are present because of connections of other nodes. A node counts as one connection of each user that it has.
extension PresenceHub {
    /// What becomes of a user who is not on another node any more.
    public enum Departure: Sendable {
        /// It has just left there.
        case now
        /// It has been away for longer than a reconnect takes.
        case longAgo
    }

    public func arriveElsewhere(_ stay: PresenceLedger.Stay) {
        with(stay.tenant) { $0.arrive(stay.user, at: stay.selection, $1) }
    }

    /// The same for one who types at another node. It ends by itself here, too.
    public func setElsewhere(
        typing isTyping: Bool, at task: Int, on board: BoardID, by user: UserID, in tenant: TenantID
    ) {
        let place = Typing.Place(board: board, task: task, user: user)
        with(tenant) { _ = try? $0.set(typing: isTyping, at: place, $1) }
    }

    /// Counts users out who were counted in by ``arriveElsewhere(_:)``.
    public func leaveElsewhere(_ stays: [PresenceLedger.Stay], _ departure: Departure) {
        for (tenant, stays) in Dictionary(grouping: stays, by: \.tenant) {
            with(tenant) { rows, now in
                switch departure {
                case .now: for stay in stays { rows.leave(stay.user, from: stay.selection, now) }
                case .longAgo: rows.end(away: stays.map { Presence.Stay(user: $0.user, board: $0.board) }, now)
                }
            }
        }
    }
}

extension PresenceLedger.Stay {
    fileprivate var selection: Selection.Boards { board.map { .only([$0]) } ?? .all }
}
