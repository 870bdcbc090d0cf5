import Events

/// The users present on each board of one tenant, and the announcements when that changes.
///
/// A user is in a board while it has a connection that asked for the board by name or for every board, and for 5 s
/// more, so that a reconnect is not announced. All connections of a user are one presence. Nothing of it is stored: a
/// process that is killed leaves no ghosts.
///
/// A value: it keeps no clock, and returns the announcements to its caller. Arriving and leaving cost O(1) for each
/// board asked for; the first arrival with every board O(``sharedBoards``).
///
/// **Bounds.** A board names ``Roster/limit`` (250) users. Beyond, arrivals and departures are counted but not
/// announced; when the number is 250 again, everybody is sent the list again. So 10 000 users who connect to one board
/// cost 250² / 2 deliveries and one list for each user, not 10 000² / 2 deliveries. Of a selection that names more than
/// ``namedBoards`` boards the first of these count. Users with every board are in the first ``sharedBoards`` boards by
/// id, so that one arrival makes at most as many announcements; beyond, a board's users are those who named it.
struct Presence {
    enum Announcement: Hashable {
        case joined(BoardID, UserID)
        case left(BoardID, UserID)
        /// The board's whole list is to be sent to every reader of it.
        case state(BoardID)

        var board: BoardID {
            switch self {
            case .joined(let board, _), .left(let board, _), .state(let board): board
            }
        }
    }

    /// How long a user is still there when the last connection is gone.
    static let linger = Duration.seconds(5)
    static let namedBoards = 100
    static let sharedBoards = 100

    /// One reason for a user's presence: a board asked for by name, or nil for every board.
    struct Stay: Hashable {
        let user: UserID
        let board: BoardID?
    }

    /// The users who asked for one board by name.
    private struct Visitors {
        var users: Set<UserID> = []
        /// How many of them are in every board as well. Kept for shared boards alone.
        var alsoEverywhere = 0
    }

    /// The number of connections of each stay; 0 while it lingers.
    private var connections: [Stay: Int] = [:]
    private var lingering = Leases<Stay>()
    private var everywhere: Set<UserID> = []
    private var visitors: [BoardID: Visitors] = [:]
    private(set) var known: Set<BoardID> = []
    /// The known boards that users with every board are in.
    private var shared: Set<BoardID> = []

    var isEmpty: Bool { connections.isEmpty }
    /// When ``expire(at:)`` has to be called next.
    var nextDeadline: Uptime? { lingering.nextDeadline }

    // MARK: Joining and leaving

    /// Counts one connection in.
    mutating func arrive(_ user: UserID, at boards: Selection.Boards) -> [Announcement] {
        var announcements: [Announcement] = []
        for stay in Self.stays(of: user, at: boards) {
            lingering.end(stay)
            let isNew = connections[stay] == nil
            connections[stay, default: 0] += 1
            if isNew { announcements += enter(stay) }
        }
        return announcements
    }

    /// Counts one connection out. Nothing is announced yet: the user may return within ``linger``.
    mutating func leave(_ user: UserID, from boards: Selection.Boards, at now: Uptime) {
        for stay in Self.stays(of: user, at: boards) {
            guard let count = connections[stay], count > 0 else { continue }
            connections[stay] = count - 1
            if count == 1 { lingering.renew(stay, until: now + Self.linger) }
        }
    }

    /// Moves one connection to other boards.
    mutating func change(
        _ user: UserID, from old: Selection.Boards, to new: Selection.Boards, at now: Uptime
    ) -> [Announcement] {
        let announcements = arrive(user, at: new)
        leave(user, from: old, at: now)
        return announcements
    }

    /// Removes those who have been away for ``linger``.
    mutating func expire(at now: Uptime) -> [Announcement] { end(lingering.expire(at: now)) }

    /// Counts one connection out of each stay, whose users are known to have been away for ``linger``.
    mutating func end(away stays: [Stay]) -> [Announcement] {
        var gone: [Stay] = []
        for stay in stays {
            guard let count = connections[stay], count > 0 else { continue }
            connections[stay] = count - 1
            if count == 1 { gone.append(stay) }
        }
        return end(gone)
    }

    private mutating func end(_ gone: [Stay]) -> [Announcement] {
        var goneEverywhere: Set<UserID> = []
        var goneVisitors: [BoardID: Set<UserID>] = [:]
        for stay in gone {
            if let board = stay.board {
                goneVisitors[board, default: []].insert(stay.user)
            } else {
                goneEverywhere.insert(stay.user)
            }
        }
        let touched = known.intersection(goneVisitors.keys).union(goneEverywhere.isEmpty ? [] : shared)
        let crowded = touched.filter { isCrowded($0) }
        for stay in gone { exit(stay) }
        return touched.flatMap { board -> [Announcement] in
            if crowded.contains(board) { return isCrowded(board) ? [] : [.state(board)] }
            return goneVisitors[board, default: []].union(shared.contains(board) ? goneEverywhere : [])
                .filter { !isThere($0, on: board) }.map { .left(board, $0) }
        }
    }

    static func stays(of user: UserID, at boards: Selection.Boards) -> [Stay] {
        switch boards {
        case .all: [Stay(user: user, board: nil)]
        case .only(let names): names.sorted().prefix(namedBoards).map { Stay(user: user, board: $0) }
        }
    }

    private mutating func enter(_ stay: Stay) -> [Announcement] {
        let user = stay.user
        guard let board = stay.board else {
            everywhere.insert(user)
            return shared.flatMap { board in
                guard visitors[board]?.users.contains(user) == true else { return arrival(of: user, on: board) }
                visitors[board]?.alsoEverywhere += 1
                return []
            }
        }
        visitors[board, default: Visitors()].users.insert(user)
        guard shared.contains(board), everywhere.contains(user) else { return arrival(of: user, on: board) }
        visitors[board]?.alsoEverywhere += 1
        return []
    }

    /// The announcements for a user who was not present before.
    private func arrival(of user: UserID, on board: BoardID) -> [Announcement] {
        switch count(on: board) {
        // The board is not known.
        case 0: return []
        case 1...Roster.limit: return [.joined(board, user)]
        // Sent once, so that clients learn that the list no longer follows arrivals and departures.
        case Roster.limit + 1: return [.state(board)]
        default: return []
        }
    }

    private mutating func exit(_ stay: Stay) {
        let user = stay.user
        connections[stay] = nil
        if let board = stay.board {
            visitors[board]?.users.remove(user)
            if shared.contains(board), everywhere.contains(user) { visitors[board]?.alsoEverywhere -= 1 }
            if visitors[board]?.users.isEmpty == true { visitors[board] = nil }
        } else {
            everywhere.remove(user)
            for board in shared where visitors[board]?.users.contains(user) == true {
                visitors[board]?.alsoEverywhere -= 1
            }
        }
    }

    // MARK: Boards

    /// Takes note of which boards the tenant has; O(1) while they are the same.
    ///
    /// Nothing is announced about a board that the tenant does not have.
    mutating func know(_ boards: Set<BoardID>) -> [Announcement] {
        guard boards != known else { return [] }
        let before = (known: known, shared: shared)
        known = boards
        shared = boards.count <= Self.sharedBoards ? boards : Set(boards.sorted().prefix(Self.sharedBoards))
        for board in shared {
            guard let users = visitors[board]?.users else { continue }
            visitors[board]?.alsoEverywhere = users.count { everywhere.contains($0) }
        }
        let changed = known.subtracting(before.known)
            .union(everywhere.isEmpty ? [] : shared.symmetricDifference(before.shared)).intersection(known)
        return changed.filter { count(on: $0) > 0 || before.shared.contains($0) }.map { .state($0) }
    }

    /// The boards of a selection whose users are listed: known boards, ordered by id, up to the bound.
    func listed(of boards: Selection.Boards) -> [BoardID] {
        switch boards {
        case .all: shared.sorted()
        case .only(let names): names.sorted().prefix(Self.namedBoards).filter { known.contains($0) }
        }
    }

    // MARK: Presence

    /// The users on the board; empty for an unknown board.
    func roster(of board: BoardID) -> Roster {
        guard known.contains(board) else { return Roster(of: []) }
        let named = visitors[board]?.users ?? []
        guard shared.contains(board) else { return Roster(of: named) }
        return Roster(of: [Array(named), everywhere.filter { !named.contains($0) }].joined())
    }

    func isCrowded(_ board: BoardID) -> Bool { count(on: board) > Roster.limit }

    /// Whether any connection of the user shows it the board now.
    func isConnected(_ user: UserID, to board: BoardID) -> Bool {
        [board, nil].contains { connections[Stay(user: user, board: $0), default: 0] > 0 }
    }

    /// The number of users on the board; 0 for an unknown board.
    func count(on board: BoardID) -> Int {
        guard known.contains(board) else { return 0 }
        let visitors = visitors[board] ?? Visitors()
        guard shared.contains(board) else { return visitors.users.count }
        return everywhere.count + visitors.users.count - visitors.alsoEverywhere
    }

    private func isThere(_ user: UserID, on board: BoardID) -> Bool {
        visitors[board]?.users.contains(user) == true || shared.contains(board) && everywhere.contains(user)
    }
}
