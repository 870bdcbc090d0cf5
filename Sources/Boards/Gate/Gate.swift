public import Events

/// The one gate that every write passes, whichever route it came by: it checks the command against the stored rows,
/// changes them, and writes the events about it, all in the same transaction.
///
/// Pure domain: synchronous, without SQL, clock or randomness. One value serves one write.
public struct Gate {
    let author: Principal
    let once: IdempotencyKey?
    let now: Timestamp
    let forgotten: Timestamp
    /// The events to be announced for the write, in number order. Empty when nothing changed, or when the first answer
    /// was given again.
    public internal(set) var events: [Event] = []

    /// - Parameter forgotten: answers given up to then are not given again: the ``AgeClock/cutoff(_:)`` of
    ///   ``IdempotencyKey/lifetime``.
    public init(author: Principal, once: IdempotencyKey?, now: Timestamp, forgotten: Timestamp) {
        self.author = author
        self.once = once
        self.now = now
        self.forgotten = forgotten
    }

    /// Performs `command`, or gives the first answer again when its idempotency key is known.
    ///
    /// A refusal leaves `rows` as they were and is not kept under the key.
    public mutating func perform(
        _ command: Command, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Written> {
        if let commit = try firstAnswer(in: rows) { return commit }
        let commit = try dispatch(command, in: &rows)
        if let once {
            let answer = Answer(fingerprint: once.fingerprint, at: now, commit: commit.bytes)
            try rows.keep(answer, to: once.key, of: author.user)
        }
        return commit
    }

    private func firstAnswer(in rows: some BoardTransaction) throws(BoardError) -> Commit<Written>? {
        guard let once, let answer = try rows.answer(to: once.key, of: author.user),
            answer.at > forgotten
        else { return nil }
        guard once.isOf(answer) else { throw .keyReused }
        guard let commit = Commit<Written>(bytes: answer.commit) else {
            throw .failed(.broken("a kept answer can't be read"))
        }
        return commit
    }

    private mutating func dispatch(
        _ command: Command, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Written> {
        switch command {
        case .task(let command): try perform(command, in: &rows).erased
        case .board(let command): try perform(command, in: &rows).erased
        case .job(let command): try perform(command, in: &rows).erased
        case .createTasks(let drafts): try createTasks(drafts, in: &rows)
        case .publish(let type, let data, let audience):
            try publish(EventDraft(type: type, content: .data(data)), to: audience, in: &rows)
        }
    }

    private mutating func publish(
        _ draft: EventDraft, to audience: Audience, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Commit<Written> {
        guard !EventType.reservedFamilies.contains(draft.type.family) else {
            throw .invalid("type", "is in a family that only the server speaks in")
        }
        if case .board(let id) = audience { _ = try existing(id, in: rows) }
        return Commit(seq: try announce(draft, to: audience, in: &rows), .nothing)
    }

    func existing(_ id: BoardID, in rows: some BoardTransaction) throws(BoardError) -> Board {
        guard let board = try rows.board(id) else { throw .notFound(.board(id)) }
        try author.require(id)
        return board
    }

    /// Numbers an event, appends it to the log and returns its number.
    @discardableResult
    mutating func announce(
        _ draft: EventDraft, to audience: Audience, in rows: inout some BoardTransaction
    ) throws(BoardError) -> Int {
        let board: BoardID? = if case .board(let id) = audience { id } else { nil }
        let (seq, boardSeq) = try rows.takeNumbers(on: board)
        let json = draft.json(
            seq: seq, boardSeq: boardSeq, audience: audience, actor: author.user, op: once?.key, timestamp: now)
        let event = Event(
            tenant: rows.tenant, seq: seq, epoch: rows.epoch, audience: audience, type: draft.type,
            timestamp: now, json: json)
        try rows.append(event)
        events.append(event)
        return seq
    }
}
