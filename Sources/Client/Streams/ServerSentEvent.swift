/// One event of a stream (HTML §9.2.6).
public struct ServerSentEvent: Sendable, Equatable {
    public let type: String
    public let data: String
    /// The stream's last event ID, once this event has been dispatched.
    public let lastEventID: String
}
