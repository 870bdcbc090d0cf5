import Rooms

/// The sink of a connection that is a channel of NIO's.
protocol ConnectionSink: Sink {
    /// The channel is closed, and its descriptor's number may be reused.
    func forget()
}
