public import Boards
public import Events

extension MemoryTenant {
    /// Decides on facts, as a store over a network does.
    func decide(_ writes: [Write], now: Timestamp, forgotten: Timestamp) throws(BoardError) -> Decision {
        var footprint = writes.reduce(into: Footprint()) { $0.formUnion($1.footprint) }
        while true {
            var facts = try Facts.load(
                footprint, from: self, lastTask: newestTask, heads: head(of:), counted: jobs.keys.max() ?? 0)
            for job in footprint.jobs { number(of: job).map { facts.learn(jobs[$0]!, number: $0) } }
            let decision = Decision(of: writes, on: facts, now: now, forgotten: forgotten)
            guard let missed = decision.missed else { return decision }
            footprint.formUnion(missed)
        }
    }
}

extension Facts {
    /// The facts of a footprint, asked of a transaction one by one.
    ///
    /// - Parameters:
    ///   - heads: the numbers of the boards' newest events.
    ///   - counted: the number of the newest job.
    public static func load(
        _ footprint: Footprint, from rows: some BoardTransaction, lastTask: Int,
        heads: (BoardID) throws(BoardError) -> Int, counted: Int
    ) throws(BoardError) -> Facts {
        var facts = Facts(rows.tenant, head: rows.head, lastTask: lastTask, epoch: rows.epoch, asked: footprint)
        var boards = footprint.boards
        for id in footprint.tasks {
            guard let task = try rows.task(id) else { continue }
            facts.learn(task)
            boards.insert(task.board)
        }
        for id in footprint.jobs {
            guard let job = try rows.job(id) else { continue }
            facts.learn(job, number: 1)
            job.job.board.map { _ = boards.insert($0) }
        }
        for id in boards { facts.learn(try rows.board(id), id, head: try heads(id)) }
        for id in footprint.counts {
            var counts: [String: Int] = [:]
            for status in try rows.statusesInUse(on: id) {
                counts[status] = try rows.tasks(in: BoardColumn(board: id, status: status)).count
            }
            facts.learn(counts, on: id)
        }
        let depth = footprint.depth
        let ends =
            footprint.ends.compactMap { facts.column($0) }
            + footprint.taskEnds.compactMap { facts.column(of: $0.task, $0.status) }
        for column in ends {
            let found = try rows.tasks(in: column).suffix(depth).reversed().map { ($0.rank, $0.id) }
            facts.learn(found, atEndOf: column, depth: depth)
        }
        for gap in footprint.gaps {
            guard let column = facts.column(of: gap.task, gap.status) else { continue }
            let rank = gap.after.flatMap { facts.rank(of: $0) }
            let beyond = try rows.tasks(in: column).drop { task in rank.map { task.rank <= $0 } ?? false }
            facts.learn(beyond.prefix(depth).map { ($0.rank, $0.id) }, of: column, after: rank, depth: depth)
        }
        for column in footprint.columns { facts.learn(try rows.tasks(in: column), of: column) }
        if footprint.countsJobs { facts.learn(openJobs: try rows.openJobs(), newest: counted) }
        for name in footprint.answers {
            guard let answer = try rows.answer(to: name.text, of: name.user) else { continue }
            facts.learn(answer, to: name)
        }
        return facts
    }
}
