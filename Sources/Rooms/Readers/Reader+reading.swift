import Events
import NIOCore

/// A lagging reader reads the log a page at a time, from memory or from the store, until it is live.
extension Reader {
    /// Asks for the next page, unless there is something to wait for first.
    ///
    /// - Parameter hasRecalled: whether what it reads next was brought into memory, as far as it can be.
    func read(hasRecalled: Bool = false) {
        guard state == .lagging, output.blockedSince == nil, !isReading, hasStarted else { return }
        let (shown, cursor, end) = log.next(selection)
        switch hub.relay.page(of: tenant, after: cursor) {
        case .older:
            guard !hasRecalled, recall(after: cursor) else { return readFromStore() }
        case .frames(let frames):
            hub.counted.memoryPages += 1
            var page = FrameBuffer()
            for frame in frames where frame.seq <= end && shown.shows(frame.audience, frame.type) {
                page.append(wire.encode(frame: frame), seq: frame.seq)
            }
            hub.counted.replayed += page.marks.count
            finish(page, upTo: frames.last?.seq ?? end)
        }
    }

    /// Has what follows `cursor` brought into memory, if it can be, and then reads on.
    private func recall(after cursor: Int) -> Bool {
        let isUnderWay = hub.relay.recall(tenant, after: cursor, for: hub) { [self] in
            isReading = false
            read(hasRecalled: true)
        }
        if isUnderWay {
            isReading = true
            presence.mayHaveMissed = true
        }
        return isUnderWay
    }

    private func readFromStore() {
        isReading = true
        hub.counted.storePages += 1
        presence.mayHaveMissed = true
        let selections = selections
        let (shown, cursor, end) = log.next(selection)
        readPage(shown, after: cursor, through: end) { [self] page, frames in
            isReading = false
            // One that is blocked reads again when its socket takes bytes.
            guard state == .lagging, output.blockedSince == nil else { return }
            // Its selection has changed meanwhile.
            guard self.selections == selections else { return read() }
            if cursor < page.bounds.oldest - 1 { return resync(.cursorExpired) }
            hub.counted.replayed += frames.marks.count
            finish(frames, upTo: page.end)
        }
    }

    /// Reads a page of the log and calls `then` with it and its events up to `end` as this reader gets them; ends this
    /// reader when it can't be read.
    func readPage(
        _ shown: Selection, after cursor: Int, through end: Int = .max,
        then: @escaping @Sendable (LogPage, FrameBuffer) -> Void
    ) {
        let (tenant, wire, history, bytes) = (tenant, wire, hub.relay.history, hub.limits.pageBytes)
        hub.reads.run {
            guard let history else { throw RoomError.unavailable }
            let page = try await history.page(
                of: tenant, after: cursor, selection: shown, count: StoreReads.pageCount, bytes: bytes)
            return (page, FrameBuffer(page.events.filter { $0.seq <= end }, on: wire))
        } then: { [self] result in
            guard state != .closed else { return }
            guard case .success(let (page, frames)) = result else { return drop(.unreadable) }
            then(page, frames)
        }
    }

    /// Sends a page; at the loop's head this reader becomes live, and otherwise reads on.
    ///
    /// - Parameter end: every event up to this number is in `page` or is not shown.
    func finish(_ page: FrameBuffer, upTo end: Int) {
        if !page.isEmpty { deliver(page) }
        guard state == .lagging, output.blockedSince == nil else { return }
        if page.isFinal { return self.end() }
        log.advance(to: end == .max ? log.cursor : end)
        while let part = log.backfills.first, part.cursor >= part.end { log.backfills.removeFirst() }
        guard log.backfills.isEmpty else { return hub.later { self.read() } }
        let head = hub.head(of: tenant)
        if log.cursor >= max(head, log.floor) {
            hub.list(for: self).join(self, head: head)
            if presence.mayHaveMissed { sendPresenceAgain() }
        } else {
            hub.later { self.read() }
        }
    }

    /// Sends `stream.resync`, since the log no longer holds what follows its cursor: the client has to reload its
    /// state, and the stream continues at the head.
    private func resync(_ reason: ResyncReason) {
        if case .dialect(let dialect) = wire, dialect.endsAtResync {
            return close(.maxAge, reconnectAfter: StreamEvents.retry(around: hub.limits.retry))
        }
        if log.backfills.isEmpty { log.cursor = hub.relay.head(of: tenant) }
        log.backfills = []
        sendResync(reason)
        read()
    }

    /// The place after `seq` as this reader's client is to name it.
    func cursor(at seq: Int) -> Cursor { named(hub.relay.epochs(of: tenant).cursor(at: seq)) }

    /// A WebSocket's events have no `id`: its client puts the epoch of the last cursor that it was sent after their
    /// numbers. The current one is valid for each number that the client has seen.
    func named(_ place: Cursor) -> Cursor {
        guard wire == .webSocket else { return place }
        return named(place, in: hub.relay.epochs(of: tenant))
    }

    func named(_ place: Cursor, in epochs: Epochs) -> Cursor {
        // One that began elsewhere since memory heard of it last is newer than the current one here.
        guard wire == .webSocket, epochs.has(place.epoch) else { return place }
        return Cursor(seq: place.seq, epoch: epochs.current)
    }

    func sendResync(_ reason: ResyncReason) {
        hub.counted.resyncs[reason, default: 0] += 1
        send(
            StreamEvents.resync(
                reason, cursor: cursor(at: log.cursor), snapshotURL: snapshotURL, on: wire,
                now: hub.relay.wallClock()))
    }
}

extension FrameBuffer {
    init(_ events: [Event], on wire: Wire) {
        self.init()
        for event in events { append(wire.encode(frame: EventFrame(event)), seq: event.seq) }
    }
}
