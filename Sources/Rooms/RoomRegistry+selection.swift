public import Events
import NIOCore
import StrictJSON

/// What a connection is shown can change while it lives. All of it is called on the connection's loop.
extension RoomRegistry {
    /// Shows `subscriber` more: `boards`, which its token must be good for, and from now on `types` of everything.
    ///
    /// It is told `subscribed`. With `since` it first gets what these boards had between there and what it has already,
    /// oldest first, each event once; where the log does not reach back so far it is told `stream.resync`.
    public func subscribe(
        _ subscriber: Subscriber, to boards: Set<BoardID>, types: TypeFilter? = nil, since: String? = nil
    ) {
        guard subscriber.unsentHead == nil else {
            return whenOpen(subscriber) { self.subscribe(subscriber, to: boards, types: types, since: since) }
        }
        guard let since, !since.isEmpty else { return apply(.fresh, to: subscriber, boards, types) }
        let (tenant, history) = (subscriber.tenant, relay.history)
        subscriber.resumptions += 1
        reads.run {
            guard let history else { throw RoomError.unavailable }
            return try await history.bounds(of: tenant)
        } then: { [self] result in
            subscriber.resumptions -= 1
            guard subscriber.state != .closed else { return }
            guard case .success(let bounds) = result else { return drop(subscriber) }
            apply(Resumption(cursor: since, in: bounds), to: subscriber, boards, types)
        }
    }

    /// Shows `subscriber` no more of `boards`, and from now on `types` of the others.
    ///
    /// - Parameter known: every board of the tenant, for a connection that was shown all of them.
    public func unsubscribe(
        _ subscriber: Subscriber, from boards: Set<BoardID>, of known: Set<BoardID>, types: TypeFilter? = nil
    ) {
        guard subscriber.unsentHead == nil else {
            return whenOpen(subscriber) { self.unsubscribe(subscriber, from: boards, of: known, types: types) }
        }
        var asked = subscriber.asked
        if !boards.isEmpty {
            switch asked.boards {
            case .all: asked.boards = .only(known.subtracting(boards))
            case .only(let some): asked.boards = .only(some.subtracting(boards))
            }
        }
        if let types { asked.types = types }
        reselect(subscriber, asked)
        tell(subscriber, recovered: nil)
    }

    private func apply(
        _ resumption: Resumption, to subscriber: Subscriber, _ boards: Set<BoardID>, _ types: TypeFilter?
    ) {
        guard subscriber.state != .closed else { return }
        detach(subscriber)
        var asked = subscriber.asked
        if case .only(let some) = asked.boards { asked.boards = .only(some.union(boards)) }
        if let types { asked.types = types }
        var parts: [Backfill] = []
        var recovered: Bool?
        // Where the boards that join do so; what lies before is given as it was asked for.
        var place = max(subscriber.cursor, relay.head(of: subscriber.tenant))
        if case .replay(let seq) = resumption {
            recovered = true
            place = max(subscriber.cursor, seq)
            let present = boards.filter { subscriber.selection.boards.contains($0) }
            let parted = [(present, subscriber.beginning), (boards.subtracting(present), subscriber.cursor)]
            for (boards, end) in parted where !boards.isEmpty && seq < end {
                let selection = Selection(boards: .only(boards), types: asked.types)
                parts.append(Backfill(selection: selection, cursor: seq, end: end))
            }
        }
        if case .resync(let reason) = resumption {
            recovered = false
            tellResync(subscriber, reason)
        }
        if subscriber.cursor < place {
            parts.insert(Backfill(selection: subscriber.selection, cursor: subscriber.cursor, end: place), at: 0)
            subscriber.cursor = place
        }
        reselect(subscriber, asked, giving: parts) { self.tell(subscriber, recovered: recovered) }
    }

    /// Shows `subscriber` something else from where it stands now.
    ///
    /// - Parameters:
    ///   - parts: of the log, to be given first.
    ///   - before: what is to be said before anything of it.
    func reselect(
        _ subscriber: Subscriber, _ asked: Selection, giving parts: [Backfill] = [], before: () -> Void = {}
    ) {
        guard subscriber.state != .closed else { return }
        detach(subscriber)
        subscriber.asked = asked
        subscriber.selection = asked.narrowed(to: subscriber.grant.boards)
        subscriber.selections += 1
        subscriber.backfills = (subscriber.backfills + parts).map { part in
            let selection = part.selection.narrowed(to: subscriber.selection.boards)
            return Backfill(selection: selection, cursor: part.cursor, end: part.end)
        }
        before()
        for list in move(subscriber) { send(list, to: subscriber) }
        read(subscriber)
    }

    /// Looks again in a moment: the stream waits for its state or for the log, and has not begun.
    private func whenOpen(_ subscriber: Subscriber, _ work: @escaping @Sendable () -> Void) {
        guard subscriber.state != .closed else { return }
        loop.scheduleTask(in: .milliseconds(1), work)
    }

    /// Takes `subscriber` out of its list, with a cursor that says what it has.
    private func detach(_ subscriber: Subscriber) {
        guard let members = subscriber.members else { return }
        subscriber.cursor = members.reached(by: subscriber)
        members.leave(subscriber)
        subscriber.state = .behind
    }

    private func tell(_ subscriber: Subscriber, recovered: Bool?) {
        let known = relay.boards(of: subscriber.tenant) ?? [.main]
        let told = StreamEvents.subscribed(
            subscriber, boards: subscriber.selection.boards.listed(from: known), recovered: recovered,
            now: relay.now())
        send(told, to: subscriber)
    }
}
