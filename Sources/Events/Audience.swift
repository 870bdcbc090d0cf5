/// Whom an event is for, inside its tenant.
public enum Audience: Sendable, Hashable {
    /// Everybody who may see the board.
    case board(BoardID)
    /// One user's own room.
    case user(UserID)
    /// Everyone in the tenant.
    case tenant
}
