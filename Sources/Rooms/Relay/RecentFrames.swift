import DequeModule
import Events
import NIOCore

/// The newest frames of one tenant without a hole, so that a reader that lags a little needs no query and no encoding.
///
/// Bounded in memory and in number; the oldest go first. What a frame counts with is its ``EventFrame/footprint``.
struct RecentFrames {
    struct Limits {
        let bytes: Int
        let count: Int
        /// How long the log keeps an event.
        let age: Duration
    }

    private var frames: Deque<EventFrame> = []
    /// The memory that the frames take.
    private(set) var footprint = 0
    /// Whether no older frame can be added: there is no room, or the log has none.
    private(set) var reachesBack = false
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
        footprint += frame.footprint
        shrink(to: limits.bytes)
    }

    /// Puts those of `older` that end right before the oldest frame before it, as many as there is room for.
    ///
    /// - Parameters:
    ///   - older: without a hole, oldest first.
    ///   - next: the number that follows them when no frame is held.
    ///   - isAll: whether the log has nothing before them.
    mutating func prepend(_ older: [EventFrame], before next: Int, isAll: Bool) {
        let next = oldest ?? next
        let fitting = older.prefix { $0.seq < next }
        guard fitting.last?.seq == next - 1 else { return }
        for frame in fitting.reversed() {
            guard footprint + frame.footprint <= limits.bytes, frames.count < limits.count else {
                reachesBack = true
                return
            }
            frames.prepend(frame)
            footprint += frame.footprint
        }
        if isAll { reachesBack = true }
    }

    /// Lets the oldest frames go until the others take `bytes` at most, and their number is within its limit.
    mutating func shrink(to bytes: Int) {
        while footprint > bytes || frames.count > limits.count, let gone = frames.popFirst() {
            footprint -= gone.footprint
            reachesBack = true
        }
        // An empty deque keeps its memory.
        if frames.isEmpty { clear() }
    }

    mutating func clear() {
        frames = []
        footprint = 0
        reachesBack = false
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

extension EventFrame {
    /// The memory that a kept frame takes: its buffer's capacity, which is a power of two, and what is around it: the
    /// buffer's own object, the frame's place among the others, and names that are too long for their places.
    var footprint: Int { bytes.storageCapacity + 256 }
}
