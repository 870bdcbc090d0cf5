/// Why something cannot be had for now. Each has its answer in one place, at the edge.
public enum RoomError: Error, Equatable {
    /// The tenant, the user or the whole gateway has as many connections as it may, or tasks that are typed at; nobody
    /// else is cut for it.
    case full(limit: Int)
    /// The gateway is going down.
    case draining
    /// The log could not be read.
    case unavailable
}
