/// What one reader of a tenant's log is shown: boards, its user's own room, types. The same for replay and live.
public struct Selection: Sendable, Hashable {
    public enum Boards: Sendable, Hashable {
        /// Every board of the tenant, also those made later.
        case all
        case only(Set<BoardID>)

        public func contains(_ board: BoardID) -> Bool {
            switch self {
            case .all: true
            case .only(let some): some.contains(board)
            }
        }
    }

    public var boards: Boards
    /// Whose own room is heard, if any.
    public let user: UserID?
    public var types: TypeFilter

    public init(boards: Boards, user: UserID? = nil, types: TypeFilter = .everything) {
        self.boards = boards
        self.user = user
        self.types = types
    }

    public func shows(_ event: Event) -> Bool { shows(event.audience, event.type) }

    public func shows(_ audience: Audience, _ type: EventType) -> Bool {
        guard types.wants(type) else { return false }
        switch audience {
        case .tenant: return true
        case .user(let id): return id == user
        case .board(let id):
            return boards.contains(id)
        }
    }
}

extension Selection {
    /// The part of it that is within `boards`.
    public func narrowed(to boards: Boards) -> Selection {
        var narrowed = self
        switch (self.boards, boards) {
        case (_, .all): break
        case (.all, .only): narrowed.boards = boards
        case (.only(let asked), .only(let granted)): narrowed.boards = .only(asked.intersection(granted))
        }
        return narrowed
    }
}
