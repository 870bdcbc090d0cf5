public import Events
public import Logging
import Synchronization

/// Gets administrators' acts stored, however long the store can't take them: the database is locked, the disk is full.
///
/// An act is in force before it comes here; this is about what survives a restart. The acts of one tenant are stored
/// in the order in which they came; a tenant whose acts can't be stored holds up no other. What waits is bounded, and
/// is in memory alone.
public final class ActKeeper: Sendable {
    public enum Outcome: Sendable {
        /// It is on disk; with the revocation, if it is one.
        case stored(Revocation?)
        /// It is not on disk yet, and is tried until it is.
        case waiting
        /// Too much waits already: it will not be stored.
        case noRoom
        /// The store does not take it, now or later.
        case refused(BoardError)
    }

    /// Revocations that may wait, of one tenant and of all; and as many records of other acts.
    public struct Limits: Sendable {
        public var perTenant = 100
        public var total = 4000

        public init() {}
    }

    /// How long an act is waited for. Nobody waits while an earlier one can't be stored.
    public static let patience = Duration.milliseconds(400)

    fileprivate struct Waiting {
        let number: Int
        let kept: KeptAct
        /// Whoever waits for the outcome; nil after ``patience``.
        var reply: CheckedContinuation<Outcome, Never>?
    }

    fileprivate struct State {
        /// In the order in which they came.
        var acts: [Waiting] = []
        var last = 0
        var isStoring = false
        /// The pause between two attempts; cancelled when something new is worth an attempt.
        var pause: Task<Void, Never>?
        var isClosed = false
    }

    private let store: any AdminStore
    private let limits: Limits
    private let logger: Logger
    private let state = Mutex(State())

    public init(
        store: any AdminStore, limits: Limits = Limits(), logger: Logger = Logger(label: "boardcast.audit")
    ) {
        self.store = store
        self.limits = limits
        self.logger = logger
    }

    // MARK: Keeping

    /// Stores an act; returns as soon as it is stored or refused, and after ``patience`` in any case.
    public func keep(_ kept: KeptAct) async -> Outcome {
        await withCheckedContinuation { reply in
            enum Step { case answer(Outcome), wait(number: Int) }
            let (step, starts) = state.withLock { state -> (Step, Bool) in
                guard !state.isClosed, state.hasRoom(for: kept, within: limits) else {
                    return (.answer(.noRoom), false)
                }
                let isStuck = state.acts.contains { $0.reply == nil }
                state.last += 1
                state.acts.append(Waiting(number: state.last, kept: kept, reply: isStuck ? nil : reply))
                state.pause?.cancel()
                defer { state.isStoring = true }
                return (isStuck ? .answer(.waiting) : .wait(number: state.last), !state.isStoring)
            }
            if starts { Task { await storeAll() } }
            switch step {
            case .answer(let outcome): reply.resume(returning: outcome)
            case .wait(let number):
                Task {
                    try? await Task.sleep(for: Self.patience)
                    giveUpWaiting(for: number)
                }
            }
        }
    }

    /// The tenant's revocations that are in force and not stored yet, newest first.
    public func waitingRevocations(of tenant: TenantID) -> [WaitingRevocation] {
        state.withLock { $0.acts.map(\.kept).filter { $0.author.tenant == tenant } }.reversed().compactMap { kept in
            guard case .revocation(let draft) = kept.content else { return nil }
            return WaitingRevocation(draft, by: kept.author.user, at: kept.timestamp)
        }
    }

    /// Whether anything waits that could not be stored at once.
    public var isBehind: Bool { state.withLock { $0.acts.contains { $0.reply == nil } } }

    private func giveUpWaiting(for number: Int) {
        let reply = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard let index = state.acts.firstIndex(where: { $0.number == number }) else { return nil }
            return state.acts[index].reply.take()
        }
        reply?.resume(returning: .waiting)
    }

    // MARK: Storing

    /// Makes attempts until nothing waits.
    private func storeAll() async {
        var delay = RetryDelay()
        while true {
            let isDone = await attempt()
            if isDone { delay.reset() }
            let pause = state.withLock { state -> Task<Void, Never>? in
                guard !state.acts.isEmpty, !state.isClosed else {
                    state.isStoring = false
                    return nil
                }
                let time = isDone ? .zero : delay.next()
                let pause = Task<Void, Never> { try? await Task.sleep(for: time) }
                state.pause = pause
                return pause
            }
            guard let pause else { return }
            await pause.value
        }
    }

    /// Tries each act once, but none after one of the same tenant that failed.
    ///
    /// - Returns: whether none failed.
    private func attempt() async -> Bool {
        var failed: Set<TenantID> = []
        var last = 0
        while let next = state.withLock({ $0.next(after: last, without: failed) }) {
            last = next.number
            do throws(BoardError) {
                let revocation = try await store(next.kept)
                finish(next.number, .stored(revocation))
            } catch .failed(let failure) {
                // Nobody's acts can be stored while the database is locked or the disk is full.
                guard case .broken = failure else { return false }
                failed.insert(next.kept.author.tenant)
            } catch {
                logger.error("not stored", metadata: next.kept.metadata.merging(["reason": "\(error)"]) { $1 })
                finish(next.number, .refused(error))
            }
        }
        return failed.isEmpty
    }

    private func store(_ kept: KeptAct) async throws(BoardError) -> Revocation? {
        switch kept.content {
        case .revocation(let draft): return try await store.revoke(draft, by: kept.author, at: kept.timestamp)
        case .record(let act):
            _ = try await store.record(act, by: kept.author, at: kept.timestamp)
            return nil
        }
    }

    private func finish(_ number: Int, _ outcome: Outcome) {
        let reply = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard let index = state.acts.firstIndex(where: { $0.number == number }) else { return nil }
            return state.acts.remove(at: index).reply
        }
        reply?.resume(returning: outcome)
    }

    // MARK: Closing

    /// Accepts nothing more, waits until everything is stored, but no longer than `patience`, and logs what is not.
    public func close(within patience: Duration) async {
        let end = ContinuousClock.now + patience
        state.withLock { $0.pause?.cancel() }
        while ContinuousClock.now < end, state.withLock({ !$0.acts.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
        giveUp()
    }

    /// Accepts nothing more, and logs what is not stored.
    public func giveUp() {
        let lost = state.withLock { state in
            state.isClosed = true
            defer { state.acts = [] }
            return state.acts
        }
        for act in lost {
            logger.error(
                "not stored", metadata: act.kept.metadata.merging(["reason": "the gateway is going down"]) { $1 })
            act.reply?.resume(returning: .noRoom)
        }
    }
}

extension ActKeeper.State {
    fileprivate func hasRoom(for kept: KeptAct, within limits: ActKeeper.Limits) -> Bool {
        let ofItsKind = acts.lazy.filter { $0.kept.isRevocation == kept.isRevocation }
        return ofItsKind.count < limits.total
            && ofItsKind.filter { $0.kept.author.tenant == kept.author.tenant }.count < limits.perTenant
    }

    fileprivate func next(after number: Int, without tenants: Set<TenantID>) -> ActKeeper.Waiting? {
        acts.first { $0.number > number && !tenants.contains($0.kept.author.tenant) }
    }
}

extension KeptAct {
    fileprivate var isRevocation: Bool { if case .revocation = content { true } else { false } }
}
