public import Events
import NIOCore
import StrictJSON

/// What a connection is shown can change while it lives. All of it is called on the connection's loop.
extension LoopHub {
    /// Shows `reader` more: `boards`, which its token must be good for, and from now on `types` of everything.
    ///
    /// It is told `subscribed`. With `since` it first gets what these boards had between there and what it has already,
    /// oldest first, each event once; where the log does not reach back so far it is told `stream.resync`.
    public func subscribe(
        _ reader: Reader, to boards: Set<BoardID>, types: TypeFilter? = nil, since: String? = nil
    ) {
        guard reader.unsentHead == nil else {
            return whenOpen(reader) { self.subscribe(reader, to: boards, types: types, since: since) }
        }
        guard let since, !since.isEmpty else { return apply(.fresh, to: reader, boards, types) }
        let (tenant, history) = (reader.tenant, relay.history)
        reader.resumptions += 1
        reads.run {
            guard let history else { throw RoomError.unavailable }
            return try await history.bounds(of: tenant)
        } then: { [self] result in
            reader.resumptions -= 1
            guard reader.state != .closed else { return }
            guard case .success(let bounds) = result else { return drop(reader) }
            apply(Resumption(cursor: since, in: bounds), to: reader, boards, types)
        }
    }

    /// Shows `reader` no more of `boards`, and from now on `types` of the others.
    ///
    /// - Parameter known: every board of the tenant, for a connection that was shown all of them.
    public func unsubscribe(
        _ reader: Reader, from boards: Set<BoardID>, of known: Set<BoardID>, types: TypeFilter? = nil
    ) {
        guard reader.unsentHead == nil else {
            return whenOpen(reader) { self.unsubscribe(reader, from: boards, of: known, types: types) }
        }
        var asked = reader.asked
        if !boards.isEmpty {
            switch asked.boards {
            case .all: asked.boards = .only(known.subtracting(boards))
            case .only(let some): asked.boards = .only(some.subtracting(boards))
            }
        }
        if let types { asked.types = types }
        reselect(reader, asked)
        tell(reader, recovered: nil)
    }

    private func apply(
        _ resumption: Resumption, to reader: Reader, _ boards: Set<BoardID>, _ types: TypeFilter?
    ) {
        guard reader.state != .closed else { return }
        detach(reader)
        var asked = reader.asked
        if case .only(let some) = asked.boards { asked.boards = .only(some.union(boards)) }
        if let types { asked.types = types }
        var parts: [Backfill] = []
        var recovered: Bool?
        // Where the boards that join do so; what lies before is given as it was asked for.
        var place = max(reader.cursor, relay.head(of: reader.tenant))
        if case .replay(let seq) = resumption {
            recovered = true
            place = max(reader.cursor, seq)
            let present = boards.filter { reader.selection.boards.contains($0) }
            let parted = [(present, reader.beginning), (boards.subtracting(present), reader.cursor)]
            for (boards, end) in parted where !boards.isEmpty && seq < end {
                let selection = Selection(boards: .only(boards), types: asked.types)
                parts.append(Backfill(selection: selection, cursor: seq, end: end))
            }
        }
        if case .resync(let reason) = resumption {
            recovered = false
            tellResync(reader, reason)
        }
        if reader.cursor < place {
            parts.insert(Backfill(selection: reader.selection, cursor: reader.cursor, end: place), at: 0)
            reader.cursor = place
        }
        reselect(reader, asked, giving: parts) { self.tell(reader, recovered: recovered) }
    }

    /// Shows `reader` something else from where it stands now.
    ///
    /// - Parameters:
    ///   - parts: of the log, to be given first.
    ///   - before: what is to be said before anything of it.
    func reselect(
        _ reader: Reader, _ asked: Selection, giving parts: [Backfill] = [], before: () -> Void = {}
    ) {
        guard reader.state != .closed else { return }
        detach(reader)
        reader.asked = asked
        reader.selection = asked.narrowed(to: reader.principal.boards)
        reader.selections += 1
        reader.backfills = (reader.backfills + parts).map { part in
            let selection = part.selection.narrowed(to: reader.selection.boards)
            return Backfill(selection: selection, cursor: part.cursor, end: part.end)
        }
        before()
        for list in move(reader) { send(list, to: reader) }
        read(reader)
    }

    /// Looks again in a moment: the stream waits for its state or for the log, and has not begun.
    private func whenOpen(_ reader: Reader, _ work: @escaping @Sendable () -> Void) {
        guard reader.state != .closed else { return }
        loop.scheduleTask(in: .milliseconds(1), work)
    }

    /// Takes `reader` out of its list, with a cursor that says what it has.
    private func detach(_ reader: Reader) {
        guard let list = reader.list else { return }
        reader.cursor = list.reached(by: reader)
        list.leave(reader)
        reader.state = .behind
    }

    private func tell(_ reader: Reader, recovered: Bool?) {
        let known = relay.boards(of: reader.tenant) ?? [.main]
        let told = StreamEvents.subscribed(
            reader, boards: reader.selection.boards.listed(from: known), recovered: recovered,
            now: relay.now())
        send(told, to: reader)
    }
}
