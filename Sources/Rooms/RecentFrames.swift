import NIOCore

/// The newest frames of one tenant, dense, so that a reader a little way back needs no query and no encoding.
///
/// Bounded in bytes and in number; the oldest go first.
struct RecentFrames {
    struct Limits {
        let bytes: Int
        let count: Int
        /// Milliseconds that the log keeps an event.
        let age: Int
    }

    private var frames: [EventFrame] = []
    /// Frames before this index are gone; they are cut off now and then, not one by one.
    private var first = 0
    private var held = 0
    private let limits: Limits

    init(limits: Limits) { self.limits = limits }

    var oldest: Int? { first < frames.count ? frames[first].seq : nil }
    var newest: Int? { first < frames.count ? frames[frames.count - 1].seq : nil }

    /// - Precondition: `frame` is numbered one above the newest.
    mutating func append(_ frame: EventFrame) {
        frames.append(frame)
        held += frame.bytes.readableBytes
        while first < frames.count, held > limits.bytes || frames.count - first > limits.count {
            held -= frames[first].bytes.readableBytes
            first += 1
        }
        if first > 1024, first > frames.count / 2 {
            frames.removeFirst(first)
            first = 0
        }
    }

    /// Puts `older` before what is there, as far as the bounds allow.
    mutating func prepend(_ older: [EventFrame]) {
        var all = RecentFrames(limits: limits)
        for frame in older where frame.seq < oldest ?? .max { all.append(frame) }
        for frame in frames[first...] { all.append(frame) }
        self = all
    }

    /// Frames after `seq`, `bytes` in all or one; nil when they do not reach back that far, or are past their time.
    func page(after seq: Int, bytes: Int, now: Int) -> ArraySlice<EventFrame>? {
        guard let oldest, seq >= oldest - 1 else { return nil }
        let start = first + (seq + 1 - oldest)
        guard start < frames.count else { return [] }
        guard frames[start].timestamp >= now - limits.age else { return nil }
        var end = start
        var size = 0
        while end < frames.count, size < bytes {
            size += frames[end].bytes.readableBytes
            end += 1
        }
        return frames[start..<end]
    }
}
