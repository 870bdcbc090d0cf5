import Boards
import Events

/// Writes that are committed together, by tenant, and what becomes of them. For one thread.
final class WriteGroup {
    /// One tenant's writes, in their order.
    struct Share {
        let tenant: TenantID
        var writes: [PendingWrite] = []
        /// Of the first of them, as many as were decided.
        var results: [Result<Commit<Written>, BoardError>] = []
        var events: [Event] = []
    }

    var shares: [Share] = []
    /// Whether the `COMMIT` was sent: from then on nothing of it is tried again.
    var isSent = false
    private var isAnswered = false

    /// Takes the writes of the first few tenants out of `waiting`.
    init(_ waiting: inout [PendingWrite], tenants most: Int) {
        var places: [TenantID: Int] = [:]
        var rest: [PendingWrite] = []
        for write in waiting {
            let tenant = write.author.tenant
            if let place = places[tenant] {
                shares[place].writes.append(write)
            } else if shares.count < most {
                places[tenant] = shares.count
                shares.append(Share(tenant: tenant, writes: [write]))
            } else {
                rest.append(write)
            }
        }
        waiting = rest
    }

    var tenants: [TenantID] { shares.map(\.tenant) }
    /// Those that were decided, by tenant; all of them before anything was.
    var writes: [PendingWrite] {
        shares.flatMap { $0.results.isEmpty ? $0.writes[...] : $0.writes.prefix($0.results.count) }
    }
    var results: [Result<Commit<Written>, BoardError>] { shares.flatMap(\.results) }
    var events: [Event] { shares.flatMap(\.events) }

    /// The writes that wait for the next group, once this one is decided. Nothing when everybody was refused.
    var waiting: [PendingWrite] { isAnswered ? shares.flatMap { $0.writes.dropFirst($0.results.count) } : [] }
    private var isRefused = false

    /// Answers everybody who was decided.
    func answer() {
        defer { isAnswered = !isRefused }
        guard !isRefused else { return }
        for (write, result) in zip(writes, results) { write.reply(result) }
    }

    /// Answers everybody with a failure, unless they have been answered.
    func refuse(_ failure: StoreFailure) {
        guard !isRefused else { return }
        isRefused = true
        for write in shares.flatMap(\.writes) { write.reply(.failure(.failed(failure))) }
    }

    /// Takes note of whether writes work.
    func note(in log: FailureLog) {
        var hasFailed = false
        for (write, result) in zip(writes, results) {
            guard case .failure(let error) = result, let failure = error.failure else { continue }
            hasFailed = true
            log.fail(failure, count: write.command.isErrand ? 0 : 1)
        }
        if !hasFailed { log.succeed() }
    }
}
