import Events
import StrictJSON

/// The events about presence and typing, as JSON. They are not logged and have no `id`.
enum PresenceEvents {
    /// `presence.state`: the first ``Roster/limit`` users by id, and how many there are.
    static func state(of board: BoardID, _ roster: Roster, now: Timestamp) -> [UInt8] {
        event(.presenceState, on: board, at: now, reserving: 128 + roster.users.count * 24) {
            $0.name("users"); $0.array(roster.users) { $0.string($1.rawValue) }
            $0.name("count"); $0.int(roster.count)
        }
    }

    /// `presence.joined`: the first connection of `user`.
    static func joined(_ user: UserID, _ board: BoardID, now: Timestamp) -> [UInt8] {
        event(.presenceJoined, on: board, at: now) {
            $0.name("userId"); $0.string(user.rawValue)
        }
    }

    /// `presence.left`: the last connection of `user` has been gone for ``Presence/linger``.
    static func left(_ user: UserID, _ board: BoardID, now: Timestamp) -> [UInt8] {
        event(.presenceLeft, on: board, at: now) {
            $0.name("userId"); $0.string(user.rawValue)
        }
    }

    static func typing(_ announcement: Typing.Announcement, now: Timestamp) -> [UInt8] {
        event(.typing, on: announcement.place.board, at: now) {
            $0.name("taskId"); $0.int(announcement.place.task)
            $0.name("userId"); $0.string(announcement.place.user.rawValue)
            $0.name("typing"); $0.bool(announcement.isTyping)
        }
    }

    private static func event(
        _ type: EventType, on board: BoardID, at now: Timestamp, reserving capacity: Int = 256,
        _ fields: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(reserving: capacity)
        json.object {
            $0.name("type"); $0.string(type.rawValue)
            $0.name("boardId"); $0.string(board.rawValue)
            fields(&$0)
            $0.name("timestamp"); $0.string(now.description)
        }
        return json.bytes
    }
}
