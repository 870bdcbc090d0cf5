import Events

/// Who is typing where in one tenant. Each says so for 5 s at a time, and again while it goes on.
///
/// A value: it keeps no clock, and gives what is to be announced back to whoever calls. Times are nanoseconds that only
/// go forward. Holds at most ``limit`` places, and ``limitPerUser`` of one user.
struct Typing {
    /// One user at one task.
    struct Place: Hashable {
        let board: BoardID
        let task: Int
        let user: UserID
    }

    /// What everyone on the board is to hear.
    struct Announcement: Hashable {
        let place: Place
        let isTyping: Bool
    }

    static let lease: Int64 = 5_000_000_000
    /// Who goes on typing is announced again at most so often, for those who have come since.
    static let renewal: Int64 = 1_000_000_000
    static let limit = 1000
    static let limitPerUser = 100

    private var leases = Leases<Place>()
    /// When each place was last announced.
    private var announced: [UserID: [Place: Int64]] = [:]

    var isEmpty: Bool { leases.isEmpty }
    /// When ``expire(at:)`` has to be called next.
    var nextDeadline: Int64? { leases.nextDeadline }

    /// Somebody types, or no longer does.
    ///
    /// - Returns: what is new to the others: the beginning, that it goes on if that was last said ``renewal`` ago or
    ///   longer, the end once.
    /// - Throws: ``RoomError/full(limit:)`` for a place too many; nothing else ends for it.
    mutating func set(_ isTyping: Bool, at place: Place, now: Int64) throws(RoomError) -> Announcement? {
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

    /// Ends what `user` types on the boards that it `hasLeft`.
    mutating func end(_ user: UserID, where hasLeft: (BoardID) -> Bool) -> [Announcement] {
        (announced[user] ?? [:]).keys.filter { hasLeft($0.board) && leases.end($0) }.map { end($0) }
    }

    /// Ends what has not been renewed in time.
    mutating func expire(at now: Int64) -> [Announcement] {
        leases.expire(at: now).map { end($0) }
    }

    private mutating func end(_ place: Place) -> Announcement {
        announced[place.user]?[place] = nil
        if announced[place.user]?.isEmpty == true { announced[place.user] = nil }
        return Announcement(place: place, isTyping: false)
    }
}
