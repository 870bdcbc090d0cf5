/// Reads a stream from one connection to the next: what comes of it, where to resume, when to come back.
///
/// Knows nothing of sockets and clocks.
public protocol Following: Sendable {
    /// What the next connection sends as `Last-Event-ID`; empty when it sends none.
    var lastEventID: String { get }

    /// How long a connection may say nothing at all before it is given up.
    var patience: Duration { get }

    /// To be called for each new connection, before its bytes: half an event of the one before counts for nothing.
    mutating func begin()

    /// What has become complete with these bytes, in its order.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(EventStreamParser.TooLong) -> [Follower.Output]

    /// What to do now that a connection, or the attempt at one, came to its end.
    mutating func step(
        after ending: Follower.Ending, using generator: inout any RandomNumberGenerator
    ) -> Follower.Step
}
