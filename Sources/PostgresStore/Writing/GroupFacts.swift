import Boards
import Events

/// A transaction that holds the rows of a group's tenants, what it has read for them, and what was decided on it.
final class GroupFacts {
    private let group: WriteGroup
    private let numbers: TenantNumbers
    /// The run in which numbers are given now.
    let run: Run
    private var footprints: [Footprint]
    private var counters: [Int: Counters] = [:]
    private var decisions: [Decision?]
    private var facts: [Facts?]

    private struct Counters {
        let head: Int
        let oldest: Int
        let lastTask: Int
    }

    /// Begins the transaction, and reads everything that the writes' footprints ask for.
    init(
        _ group: WriteGroup, _ numbers: TenantNumbers, on connection: Connection, by deadline: Uptime,
        _ impatience: Connection.Impatience
    ) throws {
        (self.group, self.numbers) = (group, numbers)
        footprints = group.shares.map { share in
            share.writes.reduce(into: Footprint()) { $0.formUnion($1.write.footprint) }
        }
        decisions = group.shares.map { _ in nil }
        facts = group.shares.map { _ in nil }
        let ids = try group.tenants.map { try numbers.number(of: $0) }
        let queries = zip(footprints, ids).map { FactsQuery($0, of: $1) }
        let answers = try connection.run(
            [
                Statement("BEGIN"),
                // In the order of their numbers, so that two nodes that hold some can't wait for each other.
                Statement(
                    """
                    SELECT number, name, head, oldest, last_task FROM boardcast.tenants WHERE number = ANY($1)
                    ORDER BY number FOR UPDATE
                    """, .ints(ids)),
                // Only now: another node may have begun a run while the rows were waited for.
                RunTable.newestIfLasting,
            ] + queries.flatMap(\.statements), by: deadline, impatience)
        if let (newest, isLasting) = try RunTable.newest(in: answers[2]), isLasting {
            run = newest
        } else {
            run = try RunTable.begin(on: connection, by: deadline)
        }
        for row in 0..<answers[1].count {
            let reader = answers[1].reader(row, of: "tenants")
            let (number, head) = (try reader.int(0), try reader.int(2, in: 0...RowReader.highest))
            guard numbers[try reader.value(1, TenantID.init)] == number else { continue }
            counters[number] = Counters(
                head: head, oldest: try reader.int(3, in: 1...head + 1),
                lastTask: try reader.int(4, in: 0...RowReader.highest))
        }
        var rest = answers[3...]
        for (index, query) in queries.enumerated() {
            try learn(query, rest.prefix(query.statements.count), at: index)
            rest = rest.dropFirst(query.statements.count)
        }
    }

    private func learn(_ query: FactsQuery, _ answers: ArraySlice<Rows>, at index: Int) throws {
        // The tables are another database's than a moment ago.
        guard let counters = counters[query.tenant] else { throw PostgresError.unreachable(reason: "a tenant is gone") }
        var known = Facts(
            group.shares[index].tenant, head: counters.head, lastTask: counters.lastTask, epoch: run.epoch,
            asked: query.footprint)
        try query.learn(answers, into: &known)
        facts[index] = known
    }

    /// Decides the writes of each tenant, as far as the facts go.
    func decide(
        now: Timestamp, forgotten: Timestamp, on connection: Connection, by deadline: Uptime,
        _ impatience: Connection.Impatience
    ) throws {
        for index in group.shares.indices {
            let writes = group.shares[index].writes.map(\.write)
            var misses = 0
            while true {
                let decision = Decision(of: writes, on: facts[index]!, now: now, forgotten: forgotten)
                guard let missed = decision.missed else {
                    decisions[index] = decision
                    group.shares[index].results = decision.results
                    group.shares[index].events = decision.changes.events
                    break
                }
                misses += 1
                guard misses <= GroupWriter.mostMisses else {
                    throw StoreFailure.broken("a write asks for more and more")
                }
                footprints[index].formUnion(missed)
                let query = FactsQuery(footprints[index], of: try numbers.number(of: group.shares[index].tenant))
                try learn(query, connection.run(query.statements, by: deadline, impatience)[...], at: index)
            }
        }
    }

    /// What is to be written.
    func parts(_ retention: PerTenant<Retention>) -> [ChangesWriter.Part] {
        group.shares.indices.compactMap { index in
            guard let changes = decisions[index]?.changes, !changes.isEmpty,
                let number = numbers[group.shares[index].tenant], let counters = counters[number]
            else { return nil }
            let oldest = retention[group.shares[index].tenant].oldest(stored: counters.oldest, head: changes.head)
            let excess = oldest - counters.oldest
            let next = excess >= Chores.batch ? counters.oldest + min(excess, 4 * Chores.batch) : nil
            return ChangesWriter.Part(tenant: number, changes: changes, oldest: next)
        }
    }
}

/// The numbers of the tenants that a writer has met, which never change, and in which run each was given a number last.
struct TenantNumbers {
    /// So many are remembered.
    static let most = 100_000

    private var numbers: [TenantID: Int] = [:]
    private var noted: [Int: Run] = [:]

    subscript(tenant: TenantID) -> Int? { numbers[tenant] }

    func number(of tenant: TenantID) throws(PostgresError) -> Int {
        guard let number = numbers[tenant] else { throw .unreadable(table: "tenants") }
        return number
    }

    func hasNoted(_ run: Run, _ tenant: Int) -> Bool { noted[tenant] == run }
    mutating func note(_ run: Run, _ tenant: Int) { noted[tenant] = run }

    /// Makes sure that the tenants are known; those that are new are made, each with its board `main`.
    mutating func find(
        _ tenants: [TenantID], beginning: Timestamp, on connection: Connection, by deadline: Uptime,
        _ impatience: Connection.Impatience
    ) throws(PostgresError) {
        let names = tenants.filter { numbers[$0] == nil }.map(\.rawValue).sorted()
        guard !names.isEmpty else { return }
        if numbers.count + names.count > Self.most { self = TenantNumbers() }
        let main = Board.main(since: beginning)
        let wanted = tenants.filter { numbers[$0] == nil }.map(\.rawValue).sorted()
        let answers = try connection.run(
            [
                Statement("BEGIN"),
                Statement(
                    "INSERT INTO boardcast.tenants (name) SELECT n FROM unnest($1::text[]) n ORDER BY n ON CONFLICT DO NOTHING",
                    .texts(wanted)),
                Statement(
                    """
                    INSERT INTO boardcast.boards
                        (tenant, id, name, first_status, columns, version, epoch, created_at, updated_at)
                    SELECT number, $2, $3, $4, $5, 1, 0, $6, $6 FROM boardcast.tenants WHERE name = ANY($1)
                    ON CONFLICT DO NOTHING
                    """, .texts(wanted), .text(main.id.rawValue), .text(main.name), .text(main.columns[0].id),
                    .text(JSONText.text(main.columns)), .int(beginning.milliseconds)),
                Statement("SELECT number, name FROM boardcast.tenants WHERE name = ANY($1)", .texts(wanted)),
                Statement("COMMIT"),
            ], by: deadline, impatience)
        for row in 0..<answers[3].count {
            let reader = answers[3].reader(row, of: "tenants")
            numbers[try reader.value(1, TenantID.init)] = try reader.int(0)
        }
    }
}
