public import Events
import NIOCore
public import StrictJSON

/// Changes what a connection is shown while it is open.
extension Reader {
    /// Shows it more: `boards`, which its token must allow, and from now on `types` of everything.
    ///
    /// It is sent `subscribed`. With `since` it first gets the events of these boards between there and its cursor,
    /// oldest first, each once; when the log does not reach back that far, it is sent `stream.resync`.
    ///
    /// - Parameter id: the client's own for this command, given back in `subscribed`.
    public func subscribe(
        to boards: Set<BoardID>, types: TypeFilter? = nil, since: String? = nil, id: JSONValue? = nil
    ) {
        guard hasStarted else {
            return whenStarted { [self] in subscribe(to: boards, types: types, since: since, id: id) }
        }
        guard let since, !since.isEmpty else { return add(boards, types, from: .fresh, id) }
        resumptions += 1
        readBounds { [self] bounds in
            resumptions -= 1
            add(boards, types, from: Resumption(cursor: since, in: bounds), id)
        }
    }

    /// Shows it no more of `boards`, and from now on `types` of the others.
    ///
    /// - Parameters:
    ///   - known: every board of the tenant, for a connection that was shown all of them.
    ///   - id: the client's own for this command, given back in `subscribed`.
    public func unsubscribe(
        from boards: Set<BoardID>, of known: Set<BoardID>, types: TypeFilter? = nil, id: JSONValue? = nil
    ) {
        guard hasStarted else {
            return whenStarted { [self] in unsubscribe(from: boards, of: known, types: types, id: id) }
        }
        var asked = asked
        if !boards.isEmpty {
            switch asked.boards {
            case .all: asked.boards = .only(known.subtracting(boards))
            case .only(let some): asked.boards = .only(some.subtracting(boards))
            }
        }
        if let types { asked.types = types }
        select(asked)
        confirm(recovered: nil, id)
    }

    private func add(_ boards: Set<BoardID>, _ types: TypeFilter?, from resumption: Resumption, _ id: JSONValue?) {
        guard state != .closed else { return }
        leaveList()
        var asked = asked
        if case .only(let some) = asked.boards { asked.boards = .only(some.union(boards)) }
        if let types { asked.types = types }
        var parts: [Backfill] = []
        var recovered: Bool?
        // After this number the new boards' events come with all others; those up to it come as backfill.
        var place = max(log.cursor, hub.relay.head(of: tenant))
        if case .replay(let given) = resumption {
            let seq = given.seq
            recovered = true
            place = max(log.cursor, seq)
            let present = boards.filter { selection.boards.contains($0) }
            let parted = [(present, log.beginning), (boards.subtracting(present), log.cursor)]
            for (boards, end) in parted where !boards.isEmpty && seq < end {
                let selection = Selection(boards: .only(boards), types: asked.types)
                parts.append(Backfill(selection: selection, cursor: seq, end: end))
            }
        }
        if log.cursor < place {
            parts.insert(Backfill(selection: selection, cursor: log.cursor, end: place), at: 0)
            log.cursor = place
        }
        // It names the place after which the new boards' events come.
        if case .resync(let reason) = resumption {
            recovered = false
            sendResync(reason)
        }
        select(asked, after: parts) { confirm(recovered: recovered, id) }
    }

    /// Changes its selection from its current cursor on.
    ///
    /// - Parameters:
    ///   - parts: of the log, to be sent first.
    ///   - before: sends what has to precede all of it.
    func select(_ asked: Selection, after parts: [Backfill] = [], before: () -> Void = {}) {
        guard state != .closed else { return }
        leaveList()
        self.asked = asked
        selection = asked.narrowed(to: principal.boards)
        selections += 1
        log.backfills = (log.backfills + parts).map { part in
            let shown = part.selection.narrowed(to: selection.boards)
            return Backfill(selection: shown, cursor: part.cursor, end: part.end)
        }
        before()
        for list in movePresence() { send(list) }
        read()
    }

    private func confirm(recovered: Bool?, _ id: JSONValue?) {
        let known = hub.relay.boards(of: tenant) ?? [.main]
        send(
            StreamEvents.subscribed(
                self, boards: selection.boards.listed(from: known), recovered: recovered, id: id,
                now: hub.relay.wallClock()))
    }
}
