/// Why a connection, or typing at a task, is refused for now, or can't be served.
public enum RoomError: Error, Equatable {
    /// The tenant, the user or the whole gateway is at its limit of connections, or of tasks that are typed at. No
    /// other connection is cut to make room.
    case full(limit: Int)
    /// The gateway is shutting down.
    case draining
    /// The log could not be read.
    case unavailable
}
