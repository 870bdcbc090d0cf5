import Events
import NIOCore

/// How a stream begins: `connection.established`, the state if it was asked for, the missed events, then live events.
extension Reader {
    /// Finds out whether the cursor can be honoured, in memory if possible, and begins: with `openings`, or later.
    func begin(_ request: StreamRequest, _ admission: Relay.Admission, in openings: Openings) {
        // Memory knows only what it holds; the store knows how far back the log reaches, and what is committed but not
        // yet announced. "Recovered" is said of the transaction that read the first events after the cursor.
        let bounds = LogBounds(epochs: admission.epochs, head: admission.head, oldest: 1)
        let resumption = Resumption(cursor: request.cursor, in: bounds)
        switch resumption {
        case .fresh, .resync(.cursorMalformed): readSnapshot(request, admission, resumption, in: openings)
        case .resync(.cursorAhead), .resync(.cursorExpired), .resync(.epochChanged): judgeByStore(request, admission)
        case .replay(let place):
            if openings.page(for: self, after: place.seq) != nil {
                return readSnapshot(request, admission, resumption, in: openings)
            }
            let isRecalled = hub.relay.recall(tenant, after: place.seq, for: hub) { [self] in
                guard state != .closed else { return }
                if Openings(hub).page(for: self, after: place.seq) != nil {
                    return readSnapshot(request, admission, resumption)
                }
                beginByStore(after: place, request, admission)
            }
            if !isRecalled { beginByStore(after: place, request, admission) }
        }
    }

    private func beginByStore(after place: Cursor, _ request: StreamRequest, _ admission: Relay.Admission) {
        if request.snapshot == nil { readFirstPage(after: place, admission) } else { judgeByStore(request, admission) }
    }

    private func judgeByStore(_ request: StreamRequest, _ admission: Relay.Admission) {
        readBounds { [self] bounds in
            readSnapshot(request, admission, Resumption(cursor: request.cursor, in: bounds))
        }
    }

    private func readFirstPage(after place: Cursor, _ admission: Relay.Admission) {
        hub.counted.storePages += 1
        let selections = selections
        readPage(selection, after: place.seq) { [self] page, frames in
            let resumption = Resumption(place, in: page.bounds)
            // Its selection may have changed meanwhile.
            let isUsable = self.selections == selections
            start(
                Openings.Beginning(
                    reader: self, admission: admission, resumption: resumption,
                    first: isUsable ? .init(frames: frames, end: page.end) : nil))
        }
    }

    /// Reads the bounds of the log and calls `then` with them; ends this reader when they can't be read.
    func readBounds(then: @escaping @Sendable (LogBounds) -> Void) {
        let (tenant, history) = (tenant, hub.relay.history)
        hub.reads.run {
            guard let history else { throw RoomError.unavailable }
            return try await history.bounds(of: tenant)
        } then: { [self] result in
            guard state != .closed else { return }
            guard case .success(let bounds) = result else { return drop(.unreadable) }
            then(bounds)
        }
    }

    /// - Parameter openings: where it begins if no snapshot has to be read; nil for by itself.
    private func readSnapshot(
        _ request: StreamRequest, _ admission: Relay.Admission, _ resumption: Resumption, in openings: Openings? = nil
    ) {
        let beginning = Openings.Beginning(reader: self, admission: admission, resumption: resumption)
        guard let snapshot = request.snapshot else {
            if let openings { return openings.add(beginning) }
            return start(beginning)
        }
        hub.reads.run {
            try await snapshot()
        } then: { [self] result in
            switch result {
            case .success(let snapshot):
                start(beginning.with(snapshot))
                withExtendedLifetime(snapshot) {}
            case .failure(StreamRequest.SnapshotRefusal.tooLarge): close(.limitReached, reconnectAfter: nil)
            case .failure(StreamRequest.SnapshotRefusal.noRoom):
                close(.limitReached, reconnectAfter: StreamEvents.retry(around: hub.limits.retry))
            case .failure: drop(.unreadable)
            }
        }
    }

    /// Begins by itself, when the store has been read.
    private func start(_ beginning: Openings.Beginning) {
        var beginning = beginning
        beginning.admission = hub.relay.refreshed(beginning.admission, of: tenant)
        let openings = Openings(hub)
        openings.add(beginning)
        openings.begin()
    }

    /// Sends what a stream begins with, in one write.
    ///
    /// - Parameter lists: the presence lists of its boards.
    func start(_ beginning: Openings.Beginning, _ lists: [EventFrame], in openings: Openings) {
        guard state != .closed, let responseHead = output.unsentHead else { return }
        output.unsentHead = nil
        defer { doWhatWaited() }
        let (admission, snapshot) = (beginning.admission, beginning.snapshot)
        let head = max(admission.head, snapshot?.cursor.seq ?? 0)
        let place: Cursor
        let recovered: Bool
        switch beginning.resumption {
        // A client that leaves before the events after the state arrive must not skip them.
        case .fresh, .resync:
            (place, recovered) = (
                named(snapshot?.cursor ?? admission.epochs.cursor(at: head), in: admission.epochs), false
            )
        case .replay(let given): (place, recovered) = (named(given, in: admission.epochs), true)
        }
        let standing = Standing(
            tenant: tenant, boards: selection.boards, known: admission.boards, cursor: place, recovered: recovered,
            behind: max(0, head - place.seq))
        var bytes = hub.takeScratch()
        bytes.writeImmutableBuffer(responseHead)
        bytes.writeImmutableBuffer(openings.established(self, at: standing))
        let snapshotBytes = snapshot?.encoded(on: wire)
        if let snapshotBytes { bytes.writeImmutableBuffer(snapshotBytes.bytes) }
        if case .resync(let reason) = beginning.resumption {
            hub.counted.resyncs[reason, default: 0] += 1
            bytes.writeImmutableBuffer(
                StreamEvents.resync(
                    reason, cursor: place, snapshotURL: snapshotURL, on: wire, now: openings.now))
        }
        if selection.types.wants(.presenceState) {
            for list in lists {
                if let encoded = wire.encode(frame: list) { bytes.writeImmutableBuffer(encoded.bytes) }
            }
        }
        // A snapshot that was sent replaces the replay.
        log.cursor = snapshot?.cursor.seq ?? place.seq
        log.beginning = log.cursor
        var opening = FrameBuffer()
        opening.append(Encoded(bytes, isLast: snapshotBytes?.isLast == true), seq: log.cursor)
        bytes = ByteBuffer()
        if opening.isFinal { return finish(opening, upTo: log.cursor) }
        if recovered, let first = beginning.first {
            opening.append(first.frames, from: 0, to: first.frames.count)
            hub.counted.replayed += first.frames.marks.count
            finish(opening, upTo: first.end)
            sent.events -= 1
            return sendWaiting()
        }
        guard let page = openings.page(for: self, after: log.cursor) else {
            deliver(opening)
            sent.events = 0
            sendWaiting()
            return read()
        }
        // Events in memory go out in the same write.
        opening.append(page.frames, from: 0, to: page.frames.count)
        hub.counted.replayed += page.frames.marks.count
        finish(opening, upTo: page.end)
        hub.keepScratch(opening.bytes)
        sent.events -= 1
        sendWaiting()
    }

    // MARK: Asked before the stream began

    /// Does `work` when the stream has begun.
    func whenStarted(_ work: @escaping () -> Void) {
        guard state != .closed else { return }
        guard onStart.count < Self.mostOnStart else { return drop(.stalled) }
        onStart.append(work)
    }

    private func doWhatWaited() {
        let waiting = onStart
        onStart = []
        for work in waiting { work() }
    }

    static let mostOnStart = 1024
}

extension Selection.Boards {
    func listed(from known: Set<BoardID>) -> [BoardID] {
        switch self {
        case .all: known.sorted()
        case .only(let some): some.sorted()
        }
    }
}
