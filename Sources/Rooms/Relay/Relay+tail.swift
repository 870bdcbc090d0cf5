public import Events
import NIOCore
import Synchronization

/// Polls: what follows a cursor, without the store.
extension Relay {
    /// Events without a hole, from a cursor to the head.
    public struct Tail: Sendable {
        public let frames: [EventFrame]
        public let head: Int
        public let epochs: Epochs
    }

    /// The events after `place`; nil when memory does not have them all, or they take more than `bytes`, or it can't tell
    /// whether the cursor is honoured: the log can.
    public func tail(after place: Cursor, of tenant: TenantID, bytes: Int) -> Tail? {
        let now = clock()
        return state.withLock { state in
            guard let memory = state.memories[tenant], memory.isReady, !memory.hasGap else { return nil }
            let bounds = LogBounds(epochs: memory.epochs, head: memory.head, oldest: 1)
            guard case .replay = Resumption(place, in: bounds),
                let frames = memory.page(after: place.seq, bytes: bytes, now: now),
                frames.last?.seq ?? place.seq == memory.head, frames.reduce(0, { $0 + $1.json.readableBytes }) <= bytes
            else { return nil }
            return Tail(frames: frames, head: memory.head, epochs: memory.epochs)
        }
    }
}
