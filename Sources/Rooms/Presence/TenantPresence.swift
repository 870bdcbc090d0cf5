import Events
import NIOCore

/// One tenant's presence and typing, with the frames that announce them.
///
/// Lives inside the hub's lock. A frame is reused until something changes; that of a crowded board, whose changes are
/// not announced, for at most ``crowdedFrame``.
final class TenantPresence {
    /// When it is, by both clocks.
    struct Moment {
        let uptime: Uptime
        let wallClock: Timestamp
    }

    private struct List {
        let roster: Roster
        let frame: EventFrame
        let uptime: Uptime
    }

    static let crowdedFrame = Duration.seconds(1)
    static let heldFrames = 128
    /// The most bytes of lists that one reader is sent at once; one list is always sent.
    static let stateBytes = 65_536

    private var presence = Presence()
    private var typing = Typing()
    private var lists: [BoardID: List] = [:]
    private var frames: [EventFrame] = []
    /// The hub's number of the last presence change that was announced.
    var version = 0

    var isEmpty: Bool { presence.isEmpty && typing.isEmpty }
    var nextDeadline: Uptime? {
        [presence.nextDeadline, typing.nextDeadline].compactMap { $0 }.min()
    }

    // MARK: Changes

    func know(_ boards: Set<BoardID>, at now: Moment) {
        if boards != presence.known { lists = [:] }
        announce(presence.know(boards), now)
    }

    func arrive(_ user: UserID, at boards: Selection.Boards, _ now: Moment) {
        announce(presence.arrive(user, at: boards), now)
    }

    func leave(_ user: UserID, from boards: Selection.Boards, _ now: Moment) {
        presence.leave(user, from: boards, at: now.uptime)
        endTyping(of: user, now)
    }

    func end(away stays: [Presence.Stay], _ now: Moment) {
        announce(presence.end(away: stays), now)
        for user in Set(stays.map(\.user)) { endTyping(of: user, now) }
    }

    func change(_ user: UserID, from old: Selection.Boards, to new: Selection.Boards, _ now: Moment) {
        announce(presence.change(user, from: old, to: new, at: now.uptime), now)
        endTyping(of: user, now)
    }

    /// - Returns: whether it is announced.
    func set(typing isTyping: Bool, at place: Typing.Place, _ now: Moment) throws(RoomError) -> Bool {
        guard let announcement = try typing.set(isTyping, at: place, now: now.uptime) else { return false }
        announce([announcement], now)
        return true
    }

    func expire(at now: Moment) {
        announce(presence.expire(at: now.uptime), now)
        announce(typing.expire(at: now.uptime), now)
    }

    /// Ends the user's typing on the boards where none of its connections is left.
    private func endTyping(of user: UserID, _ now: Moment) {
        announce(typing.end(user) { !presence.isConnected(user, to: $0) }, now)
    }

    /// The announcements since the last call, in order.
    func takeFrames() -> [EventFrame] {
        defer { frames = [] }
        return frames
    }

    // MARK: Presence

    /// The users on the board; the count is current, even where the names are slightly older.
    func roster(of board: BoardID, at now: Moment) -> Roster {
        Roster(users: list(of: board, at: now).roster.users, count: presence.count(on: board))
    }

    /// The lists of a selection's boards, ordered by id, up to ``stateBytes``.
    func lists(of boards: Selection.Boards, at now: Moment) -> [EventFrame] {
        var frames: [EventFrame] = []
        var bytes = 0
        for board in presence.listed(of: boards) {
            let frame = list(of: board, at: now).frame
            bytes += frame.bytes.readableBytes
            guard frames.isEmpty || bytes <= Self.stateBytes else { break }
            frames.append(frame)
        }
        return frames
    }

    private func list(of board: BoardID, at now: Moment) -> List {
        if let list = lists[board], !list.roster.isCrowded || now.uptime - list.uptime < Self.crowdedFrame {
            return list
        }
        let roster = presence.roster(of: board)
        let json = PresenceEvents.state(of: board, roster, now: now.wallClock)
        let made = List(roster: roster, frame: frame(json, .presenceState, board, now), uptime: now.uptime)
        if lists.count >= Self.heldFrames { lists = [:] }
        lists[board] = made
        return made
    }

    // MARK: Announcing

    private func announce(_ announcements: [Presence.Announcement], _ now: Moment) {
        for announcement in announcements { lists[announcement.board] = nil }
        frames += announcements.map { announcement in
            switch announcement {
            case .joined(let board, let user):
                frame(PresenceEvents.joined(user, board, now: now.wallClock), .presenceJoined, board, now)
            case .left(let board, let user):
                frame(PresenceEvents.left(user, board, now: now.wallClock), .presenceLeft, board, now)
            case .state(let board): list(of: board, at: now).frame
            }
        }
    }

    private func announce(_ announcements: [Typing.Announcement], _ now: Moment) {
        frames += announcements.map {
            frame(PresenceEvents.typing($0, now: now.wallClock), .typing, $0.place.board, now)
        }
    }

    private func frame(_ json: [UInt8], _ type: EventType, _ board: BoardID, _ now: Moment) -> EventFrame {
        EventFrame(ephemeral: json, audience: .board(board), type: type, timestamp: now.wallClock)
    }
}
