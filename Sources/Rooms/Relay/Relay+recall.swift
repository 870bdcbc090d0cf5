import Events
import NIOCore
import Synchronization

/// One reading of the end of a tenant's log into memory, and the readers that wait for it.
final class Recall: Sendable {
    /// Kept when the frames are in memory, or can't be had. Readers are added inside the relay's lock, as long as the
    /// tenant's memory refers to this.
    let waiting: Mutex<[EventLoopPromise<Void>]>

    init(_ first: EventLoopPromise<Void>) { waiting = Mutex([first]) }
}

/// Reads the end of a tenant's log into memory when a reader asks for it: once for all readers that ask meanwhile.
extension Relay {
    private enum Step {
        /// The frames can't be had in memory: the reader reads the log for itself.
        case no
        case wait
        case read(Recall, count: Int, before: Int?, any TenantHistory)
    }

    /// Brings the frames after `seq` into memory.
    ///
    /// Few are brought at any time, many only while there is room for them. None are brought to a tenant whose memory
    /// reaches back as far as it can, and while ``mostRecalls`` others are being read.
    ///
    /// - Parameter done: called on `hub`'s loop, later, when they are there or can't be had.
    /// - Returns: false when they are not brought; then `done` is not called.
    func recall(
        _ tenant: TenantID, after seq: Int, for hub: LoopHub, done: @escaping @Sendable () -> Void
    ) -> Bool {
        let promise = hub.loop.makePromise(of: Void.self)
        let step: Step = state.withLock { state in
            guard let history = state.history, let memory = state.memories[tenant], memory.isReady,
                !memory.recent.reachesBack
            else { return .no }
            if let oldest = memory.recent.oldest, seq >= oldest - 1 { return .no }
            let wanted = memory.head - seq
            let hasRoom = state.frames.footprint + limits.recentBytes <= state.admission.recentBytesTotal
            guard wanted > 0, wanted <= (hasRoom ? Self.mostRead : Self.fewRecalled) else { return .no }
            if let recall = memory.recall {
                recall.waiting.withLock { $0.append(promise) }
                return .wait
            }
            guard state.recalls < Self.mostRecalls else { return .no }
            state.recalls += 1
            let recall = Recall(promise)
            memory.recall = recall
            return .read(recall, count: Self.rounded(wanted), before: memory.recent.oldest, history)
        }
        switch step {
        case .no:
            promise.succeed()
            return false
        case .wait: break
        case .read(let recall, let count, let oldest, let history):
            hub.reads.run { [limits] in
                let page = try await history.tail(of: tenant, count: count, bytes: limits.recentBytes)
                let frames = page.events.filter { $0.seq < oldest ?? .max }.map { EventFrame($0) }
                return (frames, isAll: (page.events.first?.seq ?? 0) <= page.bounds.oldest)
            } then: { [self] result in
                finish(recall, of: tenant, try? result.get())
            }
        }
        promise.futureResult.whenComplete { _ in done() }
        return true
    }

    /// - Parameter frames: nil when the log could not be read.
    private func finish(_ recall: Recall, of tenant: TenantID, _ frames: ([EventFrame], isAll: Bool)?) {
        state.withLock { state in
            state.recalls -= 1
            if let memory = state.memories[tenant], memory.recall === recall {
                memory.recall = nil
                if let frames {
                    memory.take(recalled: frames.0, isAll: frames.isAll)
                    state.frames.use(memory, within: state.admission.recentBytesTotal)
                }
            }
        }
        for promise in recall.waiting.withLock({ $0 }) { promise.succeed() }
    }

    /// How many are read at once.
    static let mostRecalls = 2
    /// As many events are brought even when there is no room: about a page.
    private static let fewRecalled = 1000

    /// A power of two, so that readers with cursors of all kinds have the log read a few times at most.
    private static func rounded(_ count: Int) -> Int {
        var rounded = 256
        while rounded < count { rounded *= 2 }
        return min(rounded, mostRead)
    }
}
