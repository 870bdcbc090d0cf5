/// What one reader of a tenant's log is shown: boards, its user's own room, types. The same for replay and live.
public struct Selection: Sendable, Hashable {
    public enum Boards: Sendable, Hashable {
        /// Every board of the tenant, also those made later.
        case all
        case only(Set<BoardID>)
    }

    public let boards: Boards
    /// Whose own room is heard, if any.
    public let user: UserID?
    public let types: TypeFilter

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
            switch boards {
            case .all: return true
            case .only(let some): return some.contains(id)
            }
        }
    }
}
