import DequeModule
import Events
import NIOCore

/// The newest frames of one tenant without a hole, so that a reader that lags a little needs no query and no encoding.
///
/// Bounded in bytes and in number; the oldest go first.
struct RecentFrames {
    struct Limits {
        let bytes: Int
        let count: Int
        /// How long the log keeps an event.
        let age: Duration
    }

    private var frames: Deque<EventFrame> = []
    private var held = 0
    let limits: Limits

    init(limits: Limits) { self.limits = limits }

    var oldest: Int? { frames.first?.seq }
    var newest: Int? { frames.last?.seq }

    /// Takes `frame` if it is numbered one above the newest. A lower number is ignored. A higher number empties the
    /// memory first, since a page must never have a hole.
    mutating func append(_ frame: EventFrame) {
        if let newest, frame.seq != newest + 1 {
            guard frame.seq > newest else { return }
            clear()
        }
        frames.append(frame)
        held += frame.bytes.readableBytes
        while held > limits.bytes || frames.count > limits.count, let gone = frames.popFirst() {
            held -= gone.bytes.readableBytes
        }
    }

    mutating func clear() {
        frames = []
        held = 0
    }

    /// Frames after `seq`, `bytes` in all or one; nil when they do not reach back that far, or are older than the
    /// retention.
    func page(after seq: Int, bytes: Int, now: Timestamp) -> [EventFrame]? {
        guard let oldest, seq >= oldest - 1 else { return nil }
        let start = seq + 1 - oldest
        guard start < frames.count else { return [] }
        guard frames[start].timestamp >= now - limits.age else { return nil }
        var end = start
        var size = 0
        while end < frames.count {
            size += frames[end].bytes.readableBytes
            if size > bytes, end > start { break }
            end += 1
        }
        return Array(frames[start..<end])
    }
}
