import Events
import NIOCore

/// How a stream begins: `connection.established`, the state if it was asked for, what was missed, then live.
extension LoopHub {
    /// Opens a stream on `sink`, which has sent nothing yet.
    ///
    /// - Parameter opened: called on the loop once, with the reader or with why there is none.
    public func open(
        _ request: StreamRequest, on sink: any Sink,
        opened: @escaping (Result<Reader, RoomError>) -> Void
    ) {
        let admission: Relay.Admission?
        do { admission = try relay.admit(request.tenant, request.principal.user) } catch {
            return opened(.failure(error))
        }
        guard let admission else {
            return relay.load(request.tenant, on: loop).assumeIsolated().whenComplete { result in
                switch result {
                case .success: self.open(request, on: sink, opened: opened)
                case .failure: opened(.failure(.unavailable))
                }
            }
        }
        let reader = Reader(
            request, on: sink, floor: admission.head, connectedAt: relay.now(), now: now())
        add(reader)
        opened(.success(reader))
        resolve(request, admission, for: reader)
    }

    /// Finds out whether the cursor can be honoured, in memory if possible.
    private func resolve(_ request: StreamRequest, _ admission: Relay.Admission, for reader: Reader) {
        // Memory knows what it holds itself; only the store knows how far back it reaches, and what has been committed
        // but not been announced yet.
        let bounds = LogBounds(epoch: admission.epoch, head: admission.head, oldest: 1)
        let resumption = Resumption(cursor: request.cursor, in: bounds)
        let isKnown: Bool =
            switch resumption {
            case .fresh, .resync(.cursorMalformed), .resync(.epochChanged): true
            case .resync(.cursorAhead), .resync(.cursorExpired): false
            case .replay(let seq): if case .older = relay.page(of: request.tenant, after: seq) { false } else { true }
            }
        if !isKnown {
            let tenant = request.tenant
            let relay = relay
            reads.run {
                guard let history = relay.history else { throw RoomError.unavailable }
                return try await history.bounds(of: tenant)
            } then: { [self] result in
                guard case .success(let bounds) = result else { return drop(reader) }
                begin(request, admission, Resumption(cursor: request.cursor, in: bounds), for: reader)
            }
        } else {
            begin(request, admission, resumption, for: reader)
        }
    }

    private func begin(
        _ request: StreamRequest, _ admission: Relay.Admission, _ resumption: Resumption, for reader: Reader
    ) {
        guard let snapshot = request.snapshot else {
            return start(request, admission, resumption, nil, for: reader)
        }
        reads.run {
            try await snapshot()
        } then: { [self] result in
            guard case .success(let snapshot) = result else { return drop(reader) }
            start(request, admission, resumption, snapshot, for: reader)
        }
    }

    private func start(
        _ request: StreamRequest, _ admission: Relay.Admission, _ resumption: Resumption,
        _ snapshot: StreamRequest.Snapshot?, for reader: Reader
    ) {
        guard reader.state != .closed, var bytes = reader.unsentHead else { return }
        reader.unsentHead = nil
        let head = max(relay.head(of: request.tenant), admission.head, snapshot?.seq ?? 0)
        let now = relay.now()
        let place: Int
        let recovered: Bool
        switch resumption {
        // What follows the state must not be skipped by a client that leaves before it comes.
        case .fresh, .resync: (place, recovered) = (snapshot?.seq ?? head, false)
        case .replay(let seq): (place, recovered) = (seq, true)
        }
        var opening = FrameBuffer()
        let lists = arrive(reader)
        bytes.writeImmutableBuffer(
            StreamEvents.established(
                reader, boards: reader.selection.boards.listed(from: admission.boards),
                cursor: Cursor(seq: place, epoch: admission.epoch), recovered: recovered, behind: max(0, head - place),
                limits: limits, now: now))
        let state = snapshot?.telling(on: reader.wire)
        if let state { bytes.writeImmutableBuffer(state.bytes) }
        if case .resync(let reason) = resumption {
            bytes.writeImmutableBuffer(
                StreamEvents.resync(
                    reason, cursor: Cursor(seq: place, epoch: admission.epoch),
                    snapshotURL: request.snapshotURL, on: reader.wire, now: now))
        }
        for list in lists {
            if let telling = reader.wire.tell(list) { bytes.writeImmutableBuffer(telling.bytes) }
        }
        // State that was sent takes the place of a replay.
        reader.cursor = snapshot?.seq ?? place
        reader.beginning = reader.cursor
        opening.append(Telling(bytes, isLast: state?.isLast == true), seq: reader.cursor)
        if opening.isFinal { return give(opening, upTo: reader.cursor, to: reader) }
        guard case .frames(let frames) = relay.page(of: request.tenant, after: reader.cursor) else {
            deliver(opening, from: 0, to: reader)
            reader.sentEvents = 0
            sayUnsaid(to: reader)
            return read(reader)
        }
        // What is in memory goes out in the same write.
        for frame in frames where reader.selection.shows(frame.audience, frame.type) {
            opening.append(reader.wire.tell(frame), seq: frame.seq)
        }
        give(opening, upTo: frames.last?.seq ?? reader.cursor, to: reader)
        reader.sentEvents -= 1
        sayUnsaid(to: reader)
    }

    /// Tells a reader whom the log has left behind that it has to begin anew; it goes on from the head.
    func resync(_ reader: Reader, _ reason: ResyncReason) {
        let head = reader.backfills.isEmpty ? relay.head(of: reader.tenant) : reader.cursor
        reader.backfills = []
        reader.cursor = head
        tellResync(reader, reason)
        read(reader)
    }

    func tellResync(_ reader: Reader, _ reason: ResyncReason) {
        guard let epoch = relay.history?.epoch else { return }
        send(
            StreamEvents.resync(
                reason, cursor: Cursor(seq: reader.cursor, epoch: epoch),
                snapshotURL: reader.snapshotURL, on: reader.wire, now: relay.now()), to: reader)
    }
}

extension Selection.Boards {
    func listed(from known: Set<BoardID>) -> [BoardID] {
        switch self {
        case .all: known.sorted()
        case .only(let some): some.sorted()
        }
    }
}
