import Events

/// The users who type at tasks of one tenant. Each announcement holds for 5 s and has to be renewed.
///
/// A value: it keeps no clock, and gives what is to be announced back to whoever calls. Holds at most ``limit``
/// places, and ``limitPerUser`` of one user.
struct Typing {
    /// One user at one task.
    struct Place: Hashable {
        let board: BoardID
        let task: Int
        let user: UserID
    }

    /// An announcement to every reader of the board.
    struct Announcement: Hashable {
        let place: Place
        let isTyping: Bool
    }

    static let lease = Duration.seconds(5)
    /// Who goes on typing is announced again at most so often, for those who have come since.
    static let renewal = Duration.seconds(1)
    static let limit = 1000
    static let limitPerUser = 100

    private var leases = Leases<Place>()
    /// When each place was last announced.
    private var announced: [UserID: [Place: Uptime]] = [:]

    var isEmpty: Bool { leases.isEmpty }
    /// When ``expire(at:)`` has to be called next.
    var nextDeadline: Uptime? { leases.nextDeadline }

    /// Sets whether a user types at a place.
    ///
    /// - Returns: what is to be announced: the beginning; the continuation, if the last announcement is at least
    ///   ``renewal`` old; the end, once.
    /// - Throws: ``RoomError/full(limit:)`` at the limit; no other place is removed to make room.
    mutating func set(_ isTyping: Bool, at place: Place, now: Uptime) throws(RoomError) -> Announcement? {
        guard isTyping else { return leases.end(place) ? end(place) : nil }
        if !leases.contains(place) {
            guard leases.count < Self.limit else { throw .full(limit: Self.limit) }
            guard announced[place.user, default: [:]].count < Self.limitPerUser else {
                throw .full(limit: Self.limitPerUser)
            }
        }
        leases.renew(place, until: now + Self.lease)
        if let last = announced[place.user]?[place], now - last < Self.renewal { return nil }
        announced[place.user, default: [:]][place] = now
        return Announcement(place: place, isTyping: true)
    }

    /// Ends the typing of `user` on the boards that it `hasLeft`.
    mutating func end(_ user: UserID, where hasLeft: (BoardID) -> Bool) -> [Announcement] {
        (announced[user] ?? [:]).keys.filter { hasLeft($0.board) && leases.end($0) }.map { end($0) }
    }

    /// Ends the typing that was not renewed in time.
    mutating func expire(at now: Uptime) -> [Announcement] {
        leases.expire(at: now).map { end($0) }
    }

    private mutating func end(_ place: Place) -> Announcement {
        announced[place.user]?[place] = nil
        if announced[place.user]?.isEmpty == true { announced[place.user] = nil }
        return Announcement(place: place, isTyping: false)
    }
}
