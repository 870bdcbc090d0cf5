public import Events
public import NIOCore

/// Counters of one event loop since the start, for metrics.
///
/// Only the loop changes them. Each reader counts its own deliveries; they are added up on request.
public struct LoopCounters: Sendable, Equatable {
    /// Why a connection ended.
    public enum Ending: Sendable, Hashable {
        /// Its client left.
        case gone
        /// Its last event was sent.
        case finished
        /// The gateway closed it and sent this reason.
        case closed(CloseReason)
        /// Its socket took no bytes for too long, or too many bytes waited for it.
        case stalled
        /// Its socket took only a part of a frame, and the queues of all connections had no room for the rest.
        case queuesFull
        /// Its peer's machine no longer acknowledged anything.
        case lostPeer
        /// The log or the state that it begins with could not be read.
        case unreadable
    }

    /// Connections that are open now.
    public var readers = 0
    /// Of those, the ones that are not live.
    public var behind = 0
    /// The same by ``Wire/transport``.
    public var transports: [String: Int] = [:]
    public var opened = 0
    /// Connections that were refused at a limit.
    public var refused = 0
    /// Events that were sent, counted once for each connection.
    public var deliveries = 0
    public var bytes = 0
    public var sweeps = 0
    /// Pages that lagging readers got from memory, and from the store.
    public var memoryPages = 0
    public var storePages = 0
    /// Events that lagging readers got so, counted for each of them.
    public var replayed = 0
    public var resyncs: [ResyncReason: Int] = [:]
    /// From an event's announcement until the sweep that sends it has reached the last reader of its list, in seconds;
    /// of the oldest event of each sweep.
    public var publishToWrite = Histogram.times
    public var endings: [Ending: Int] = [:]

    public init() {}
}

extension LoopHub {
    /// The counters of this loop since the start. Thread-safe.
    public func counters() -> EventLoopFuture<LoopCounters> {
        loop.submit { [self] in
            var counters = counted
            counters.readers = connections
            for reader in all {
                counters.deliveries += reader.sent.events
                counters.bytes += reader.sent.bytes
                counters.transports[reader.wire.transport, default: 0] += 1
                if reader.state == .lagging { counters.behind += 1 }
            }
            return counters
        }
    }

    /// Adds the counts of a reader that ends.
    func count(_ reader: Reader, _ ending: LoopCounters.Ending) {
        counted.deliveries += reader.sent.events
        counted.bytes += reader.sent.bytes
        counted.endings[ending, default: 0] += 1
    }
}
