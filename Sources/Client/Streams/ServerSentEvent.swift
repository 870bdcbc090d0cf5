/// One event of a stream (HTML §9.2.6).
public struct ServerSentEvent: Sendable, Equatable {
    /// Its name, `message` unless it was given.
    public let type: String
    /// Its lines, with a line feed between them.
    public let data: String
    /// The stream's last event ID, once this event has been dispatched.
    public let lastEventID: String
}
