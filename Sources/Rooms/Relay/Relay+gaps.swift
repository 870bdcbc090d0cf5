public import Events
import Synchronization

/// Handles announcements that leave gaps: the missing events are read from the log.
extension Relay {
    /// Notes that the log of `tenant` has reached `head`; some of the events up to it may be missing.
    ///
    /// - Parameter events: the events of the tenant that are known, in any order.
    public func advance(_ tenant: TenantID, to head: Int, events: [Event]) {
        announce(events)
        advance(tenant, to: head)
    }

    /// Begins to read the missing events, unless none are missing or a read is running.
    func fill(_ tenant: TenantID, in state: inout State) {
        guard let memory = state.memories[tenant], memory.hasGap, !memory.isFilling, let history = state.history
        else { return }
        memory.isFilling = true
        Task { await self.fill(tenant, from: history) }
    }

    private struct Gap: Sendable {
        /// The place after what was handed over.
        let place: Cursor
        let announced: Int
        let isDoubtful: Bool
        var head: Int { place.seq }
        /// The number of events to read: a few more than are missing, since the log grows meanwhile.
        var count: Int {
            let missing = max(0, announced - head)
            return min(missing + max(16, missing / 4), Relay.mostRead)
        }
    }

    /// The current gap; nil when there is none.
    private func gap(of tenant: TenantID) -> Gap? {
        state.withLock { state in
            guard let memory = state.memories[tenant] else { return nil }
            guard memory.hasGap else {
                memory.isFilling = false
                return nil
            }
            return Gap(place: memory.place, announced: memory.announced, isDoubtful: memory.isDoubtful)
        }
    }

    private func fill(_ tenant: TenantID, from history: any TenantHistory) async {
        var isStuck = false
        while let gap = gap(of: tenant) {
            do {
                let page = try await history.tail(of: tenant, count: gap.count, bytes: limits.recentBytes)
                if isLost(gap.place, of: page.bounds) {
                    restart(tenant, at: page.bounds, boards: try await history.boardIDs(of: tenant))
                    continue
                }
                let frames = page.events.filter { $0.seq > gap.head }.map { EventFrame($0) }
                if accept(frames, of: page, gap, tenant) { continue }
                // They are read after the events: what they show already follows once more.
                skip(to: page, frames, boards: try await history.boardIDs(of: tenant), gap, tenant)
            } catch {
                if !isStuck { state.withLock { $0.stuck += 1 } }
                isStuck = true
                try? await Task.sleep(for: Self.patience)
            }
        }
        if isStuck { state.withLock { $0.stuck -= 1 } }
    }

    /// Whether what was handed over up to `place` is not what the log holds, or would hold, any more.
    private func isLost(_ place: Cursor, of bounds: LogBounds) -> Bool {
        bounds.head < place.seq || bounds.epochs.epoch(of: place.seq) != place.epoch
    }

    /// - Returns: false when the events that are missing are more than fit into memory.
    private func accept(_ frames: [EventFrame], of page: LogPage, _ gap: Gap, _ tenant: TenantID) -> Bool {
        let hubs = self.hubs
        let (presence, isDone): (PresenceHub?, Bool) = state.withLock { state in
            guard let memory = state.memories[tenant], memory.isReady else { return (nil, true) }
            // Events before the first one read may have been announced meanwhile.
            guard page.bounds.head <= memory.head || (frames.first?.seq ?? .max) <= memory.head + 1 else {
                guard page.events.count == gap.count, gap.count < Self.mostRead else { return (nil, false) }
                // The log has grown by more than was allowed for: read again, up to the new head.
                memory.note(head: page.bounds.head)
                return (nil, true)
            }
            var batches: [Batch] = []
            if memory.believe(page.bounds, wasDoubtful: gap.isDoubtful) {
                batches.append(Batch(tenant: tenant, head: memory.head, frames: [], renames: true))
            }
            for frame in frames {
                if let next = memory.take(frame) { batches.append(next, of: tenant) }
            }
            while let next = memory.takeHeld() { batches.append(next, of: tenant) }
            state.frames.use(memory, within: state.admission.recentBytesTotal)
            if memory.announced == gap.announced { memory.end(at: page.bounds.head) }
            state.hand(batches, to: hubs)
            return (state.presence, true)
        }
        if frames.contains(where: { $0.type == .boardCreated || $0.type == .boardDeleted }) {
            presence?.boardsChanged(in: tenant)
        }
        return isDone
    }

    /// Goes on at the end of `page`, though there are events before it that were not handed over: readers that were live
    /// read them from the store.
    private func skip(to page: LogPage, _ frames: [EventFrame], boards: Set<BoardID>, _ gap: Gap, _ tenant: TenantID) {
        let hubs = self.hubs
        let presence: PresenceHub? = state.withLock { state in
            guard let memory = state.memories[tenant], memory.isReady, page.bounds.head > memory.head else {
                return nil
            }
            let renames = memory.believe(page.bounds, wasDoubtful: gap.isDoubtful)
            memory.skip(to: page, frames: frames, boards: boards)
            var batches = [Batch(tenant: tenant, head: memory.head, frames: [], skips: true, renames: renames)]
            while let next = memory.takeHeld() { batches.append(next, of: tenant) }
            state.frames.use(memory, within: state.admission.recentBytesTotal)
            state.hand(batches, to: hubs)
            return state.presence
        }
        presence?.boardsChanged(in: tenant)
    }

    /// Begins anew where the log now ends, which is another one than was handed over: a replica took over that had not
    /// got everything, or a copy was put back.
    private func restart(_ tenant: TenantID, at bounds: LogBounds, boards: Set<BoardID>) {
        let hubs = self.hubs
        let presence: PresenceHub? = state.withLock { state in
            guard let memory = state.memories[tenant], memory.isReady else { return nil }
            memory.restart(at: bounds, boards: boards)
            var batches = [Batch(tenant: tenant, head: memory.head, frames: [], restarts: true)]
            // Also loops without connections of this tenant may know a head that was lost.
            for hub in hubs { hub.receive(batches) }
            batches = []
            while let next = memory.takeHeld() { batches.append(next, of: tenant) }
            state.frames.use(memory, within: state.admission.recentBytesTotal)
            state.hand(batches, to: hubs)
            return state.presence
        }
        presence?.boardsChanged(in: tenant)
    }

    /// The pause between two attempts to read a log that can't be read.
    private static let patience = Duration.milliseconds(250)
}

extension Relay: LogFollower {
    public var places: [(tenant: TenantID, place: Cursor)] {
        state.withLock { state in
            state.memories.compactMap { $1.isReady ? ($0, $1.place) : nil }
        }
    }

    /// Notes that the log of `tenant` has reached `head`; some of the events up to it may be missing.
    public func advance(_ tenant: TenantID, to head: Int) {
        state.withLock { state in
            state.memories[tenant]?.note(head: head)
            fill(tenant, in: &state)
        }
    }

    public func doubt(_ tenant: TenantID) {
        state.withLock { state in
            state.memories[tenant]?.doubt()
            fill(tenant, in: &state)
        }
    }

    public func whenKept(_ body: @escaping @Sendable (TenantID) -> Void) { state.withLock { $0.kept = body } }
}

extension [Relay.Batch] {
    /// A skip stays a batch of its own: readers go on from its head, and get what follows it as frames.
    mutating func append(_ frame: EventFrame, of tenant: TenantID) {
        if let last = indices.last, self[last].tenant == tenant, !self[last].skips, !self[last].renames {
            self[last].frames.append(frame)
            self[last].head = frame.seq
        } else {
            append(Relay.Batch(tenant: tenant, head: frame.seq, frames: [frame]))
        }
    }
}
