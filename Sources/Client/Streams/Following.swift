/// Reads a stream from one connection to the next: its output, where to resume, when to reconnect.
///
/// Knows nothing of sockets and clocks.
public protocol Following: Sendable {
    /// The `Last-Event-ID` for the next connection; empty when it sends none.
    var lastEventID: String { get }

    /// How long a connection may be silent before it is given up.
    var patience: Duration { get }

    /// Begins a new connection; call it before the connection's bytes. A partial event of the previous one is
    /// discarded.
    mutating func begin()

    /// The output that these bytes complete, in order.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(EventStreamParser.TooLong) -> [Follower.Output]

    /// Decides what to do after a connection, or the attempt at one, has ended.
    mutating func step(
        after ending: Follower.Ending, using generator: inout any RandomNumberGenerator
    ) -> Follower.Step
}
