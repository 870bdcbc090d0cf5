public import Events

/// The users on a board: the first of them by name, and their number.
public struct Roster: Sendable, Equatable {
    /// The most users that are listed by name.
    public static let limit = 250

    /// The users, sorted by the bytes of their ids: all of them, or the first ``limit``.
    public let users: [UserID]
    public let count: Int

    /// Whether there are more than are named. Arrivals and departures are not announced then.
    public var isCrowded: Bool { count > Self.limit }

    /// - Parameter everyone: the users in any order, each once.
    init(of everyone: some Sequence<UserID>) {
        var first: [UserID] = []
        first.reserveCapacity(Self.limit + 1)
        var count = 0
        for user in everyone {
            count += 1
            if first.count == Self.limit {
                guard user < first[Self.limit - 1] else { continue }
                first.removeLast()
            }
            first.insert(user, at: first.place(of: user))
        }
        self.init(users: first, count: count)
    }

    /// - Parameter users: the first of `count`, sorted.
    init(users: [UserID], count: Int) {
        self.users = users
        self.count = count
    }
}

extension [UserID] {
    /// The index at which `user` belongs in the sorted collection.
    fileprivate func place(of user: UserID) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < user { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
