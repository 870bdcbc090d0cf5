public import Events
import Synchronization

/// Handles announcements that leave gaps: the missing events are read from the log.
extension Relay {
    /// Notes that the log of `tenant` has reached `head`; some of the events up to it may be missing.
    ///
    /// - Parameter events: the events of the tenant that are known, in any order.
    public func advance(_ tenant: TenantID, to head: Int, events: [Event] = []) {
        announce(events)
        state.withLock { state in
            state.memories[tenant]?.note(head: head)
            fill(tenant, in: &state)
        }
    }

    /// Begins to read the missing events, unless none are missing or a read is running.
    func fill(_ tenant: TenantID, in state: inout State) {
        guard let memory = state.memories[tenant], memory.hasGap, !memory.isFilling, let history = state.history
        else { return }
        memory.isFilling = true
        Task { await self.fill(tenant, from: history) }
    }

    private struct Gap: Sendable {
        let head: Int
        let announced: Int
        /// The number of events to read: a few more than are missing, since the log grows meanwhile.
        var count: Int { min(announced - head + 256, Relay.mostRead) }
    }

    /// The current gap; nil when there is none.
    private func gap(of tenant: TenantID) -> Gap? {
        state.withLock { state in
            guard let memory = state.memories[tenant] else { return nil }
            guard memory.hasGap else {
                memory.isFilling = false
                return nil
            }
            return Gap(head: memory.head, announced: memory.announced)
        }
    }

    private func fill(_ tenant: TenantID, from history: any TenantHistory) async {
        var isStuck = false
        while let gap = gap(of: tenant) {
            do {
                let boards = try await history.boardIDs(of: tenant)
                let page = try await history.tail(of: tenant, count: gap.count, bytes: limits.recentBytes)
                let frames = page.events.filter { $0.seq > gap.head }.map { EventFrame($0) }
                accept(frames, of: page, boards, gap, tenant)
            } catch {
                if !isStuck { state.withLock { $0.stuck += 1 } }
                isStuck = true
                try? await Task.sleep(for: Self.patience)
            }
        }
        if isStuck { state.withLock { $0.stuck -= 1 } }
    }

    private func accept(
        _ frames: [EventFrame], of page: LogPage, _ boards: Set<BoardID>, _ gap: Gap, _ tenant: TenantID
    ) {
        let hubs = self.hubs
        let presence: PresenceHub? = state.withLock { state in
            guard let memory = state.memories[tenant], memory.isReady else { return nil }
            var batches: [Batch] = []
            // Events before the first one read may have been announced meanwhile.
            if page.bounds.head <= memory.head || (frames.first?.seq ?? .max) <= memory.head + 1 {
                for frame in frames {
                    if let next = memory.take(frame) { batches.append(next, of: tenant) }
                }
            } else if page.events.count == gap.count, gap.count < Self.mostRead {
                // The log has grown by more than was allowed for: read again, up to the new head.
                memory.note(head: page.bounds.head)
                return nil
            } else {
                // The gap is larger than memory: readers that were live read it from the store.
                memory.skip(to: page, frames: frames, boards: boards)
                batches.append(Batch(tenant: tenant, head: memory.head, frames: [], skips: true))
            }
            while let next = memory.takeHeld() { batches.append(next, of: tenant) }
            state.frames.use(memory, within: state.admission.recentBytesTotal)
            if memory.announced == gap.announced { memory.end(at: page.bounds.head) }
            state.hand(batches, to: hubs)
            return state.presence
        }
        presence?.boardsChanged(in: tenant)
    }

    /// The pause between two attempts to read a log that can't be read.
    private static let patience = Duration.milliseconds(250)
}

extension [Relay.Batch] {
    /// A skip stays a batch of its own: readers go on from its head, and get what follows it as frames.
    mutating func append(_ frame: EventFrame, of tenant: TenantID) {
        if let last = indices.last, self[last].tenant == tenant, !self[last].skips {
            self[last].frames.append(frame)
            self[last].head = frame.seq
        } else {
            append(Relay.Batch(tenant: tenant, head: frame.seq, frames: [frame]))
        }
    }
}
