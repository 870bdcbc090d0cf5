/// Why a stream cannot be had for now. Each has its answer in one place, at the edge.
public enum RoomError: Error, Equatable {
    /// The tenant, the user or the whole gateway has as many connections as it may; nobody else is cut for it.
    case full(limit: Int)
    /// The gateway is going down.
    case draining
    /// The log could not be read.
    case unavailable
}
