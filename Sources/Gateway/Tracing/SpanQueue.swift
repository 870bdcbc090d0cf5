import StrictJSON
import Synchronization

/// Spans of requests that wait to be sent to a collector. Safe to use from any thread; nothing ever waits for room in it.
public final class SpanQueue: Sendable {
    /// The most that wait; those beyond are dropped, and counted.
    static let most = 4096
    /// Of one message.
    static let mostTogether = 512

    private struct State {
        var waiting: [RequestSpan] = []
        var counts = Counts()
    }

    public struct Counts: Sendable, Equatable {
        public var sent = 0
        /// For want of room, or of a collector that takes them.
        public var dropped = 0
    }

    /// Spans as a message of OTLP.
    public struct Batch: Sendable {
        public let json: [UInt8]
        let count: Int
    }

    private let version: String
    private let state = Mutex(State())

    /// - Parameter version: the program's.
    public init(version: String) { self.version = version }

    func add(_ span: RequestSpan) {
        state.withLock { state in
            guard state.waiting.count < Self.most else {
                state.counts.dropped += 1
                return
            }
            state.waiting.append(span)
        }
    }

    /// Takes the oldest; nil when there are none.
    public func take() -> Batch? {
        let spans = state.withLock { state in
            let spans = Array(state.waiting.prefix(Self.mostTogether))
            state.waiting.removeFirst(spans.count)
            return spans
        }
        guard !spans.isEmpty else { return nil }
        var json = JSONWriter(reserving: 512 * spans.count)
        json.export(spans, ofVersion: version)
        return Batch(json: json.bytes, count: spans.count)
    }

    /// Counts a batch that was taken.
    public func settle(_ batch: Batch, isSent: Bool) {
        state.withLock {
            if isSent { $0.counts.sent += batch.count } else { $0.counts.dropped += batch.count }
        }
    }

    public var counts: Counts { state.withLock { $0.counts } }
}
