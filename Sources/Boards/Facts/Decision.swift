public import Events

/// A command, and who sends it.
public struct Write: Sendable {
    public let command: Command
    public let author: Principal
    public let once: IdempotencyKey?

    public init(_ command: Command, by author: Principal, once: IdempotencyKey?) {
        self.command = command
        self.author = author
        self.once = once
    }

    public var footprint: Footprint { Footprint(command, by: author, once: once) }
}

/// What becomes of some writes of one tenant, decided in their order on the same facts.
public struct Decision: Sendable {
    /// Of the first writes, as many as were decided.
    public let results: [Result<Commit<Written>, BoardError>]
    public let changes: Changes
    /// What the first write needs to know besides. Then nothing was decided: the facts are to be loaded with it.
    ///
    /// A later write that asks what is not known waits, with all after it, until those before it are stored.
    public let missed: Footprint?

    /// - Parameter forgotten: as for ``Gate``.
    public init(of writes: some Collection<Write>, on facts: Facts, now: Timestamp, forgotten: Timestamp) {
        var (rows, results) = Self.perform(writes.prefix(writes.count), on: facts, now, forgotten)
        missed = results.isEmpty && !rows.missed.isEmpty ? rows.missed : nil
        // The write that asked may have changed something before.
        if !rows.missed.isEmpty {
            (rows, results) = Self.perform(writes.prefix(results.count), on: facts, now, forgotten)
        }
        self.results = results
        changes = rows.changes
    }

    /// Performs the writes until one asks what is not known.
    private static func perform(
        _ writes: some Collection<Write>, on facts: Facts, _ now: Timestamp, _ forgotten: Timestamp
    ) -> (rows: Facts, results: [Result<Commit<Written>, BoardError>]) {
        var rows = facts.afresh
        var results: [Result<Commit<Written>, BoardError>] = []
        results.reserveCapacity(writes.count)
        for write in writes {
            var gate = Gate(author: write.author, once: write.once, now: now, forgotten: forgotten)
            let result = Result { () throws(BoardError) in try gate.perform(write.command, in: &rows) }
            guard rows.missed.isEmpty else { break }
            results.append(result)
        }
        return (rows, results)
    }
}
