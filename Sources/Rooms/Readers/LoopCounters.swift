public import Events
public import NIOCore

/// What one event loop has done since the start: plain numbers, for metrics.
///
/// Only the loop changes them. Deliveries are counted by each reader for itself, and added up when somebody asks.
public struct LoopCounters: Sendable, Equatable {
    /// Why a connection ended.
    public enum Ending: Sendable, Hashable {
        /// Its client left.
        case gone
        /// Its last event was sent.
        case finished
        /// It was sent this as its reason.
        case closed(CloseReason)
        /// Its socket took nothing for too long, or too much waited for it.
        case stalled
        /// Its peer's machine was not heard of any more.
        case lostPeer
        /// The log or the state that it begins with could not be read.
        case unreadable
    }

    /// Connections that are open now.
    public var readers = 0
    public var opened = 0
    /// Events that went to a socket: one for each of its connections.
    public var deliveries = 0
    public var bytes = 0
    public var sweeps = 0
    /// Pages that lagging readers got from memory, and from the store.
    public var memoryPages = 0
    public var storePages = 0
    public var resyncs = 0
    public var endings: [Ending: Int] = [:]

    public init() {}
}

extension LoopHub {
    /// What this loop has done since the start; from any thread.
    public func counters() -> EventLoopFuture<LoopCounters> {
        loop.submit { [self] in
            var counters = counted
            counters.readers = connections
            for reader in all {
                counters.deliveries += reader.sent.events
                counters.bytes += reader.sent.bytes
            }
            return counters
        }
    }

    /// Keeps what a reader that ends has counted.
    func count(_ reader: Reader, _ ending: LoopCounters.Ending) {
        counted.deliveries += reader.sent.events
        counted.bytes += reader.sent.bytes
        counted.endings[ending, default: 0] += 1
    }
}
