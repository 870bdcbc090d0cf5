public import Events
public import Logging
import Synchronization
import Text

/// Puts the failures of one recurring piece of work into the operator's log: one error for each ``Episode``, and one
/// notice when the work goes on, with how long it failed and how often, by reason.
///
/// A success costs one atomic load while nothing fails.
public final class FailureLog: Sendable {
    /// What is failing at the moment.
    public struct Failing: Sendable, Equatable {
        public let since: Duration
        public let reason: FailureReason
        public let counts: [FailureReason: Int]
    }

    private let work: String
    private let counted: Logger.Metadata.Key
    private let logger: Logger
    private let uptime: @Sendable () -> Uptime
    private let isOpen = Atomic(false)
    private let state = Mutex<(episode: Episode, number: Int)>((Episode(), 0))

    /// - Parameters:
    ///   - work: what fails, for the log: `chores`.
    ///   - counted: the name of the number of failures.
    public init(
        _ work: String, counting counted: String = "failures", logger: Logger,
        uptime: @escaping @Sendable () -> Uptime
    ) {
        self.work = work
        self.counted = counted
        self.logger = logger
        self.uptime = uptime
    }

    /// Whether an episode has begun and not ended.
    public var isFailing: Bool { isOpen.load(ordering: .relaxed) }

    /// Nil while nothing fails.
    public var failing: Failing? {
        guard isFailing else { return nil }
        let now = uptime()
        return state.withLock { state in
            state.episode.beginning.map {
                Failing(since: now - $0, reason: state.episode.reason, counts: state.episode.counts)
            }
        }
    }

    /// The number of the episode, by which one is distinguished from the next; nil while nothing fails.
    public var episode: Int? { isFailing ? state.withLock { $0.episode.beginning == nil ? nil : $0.number } : nil }

    /// Takes note of a failure. `busy`, `closed` and `cancelled` say nothing about the store's health and are not
    /// counted.
    public func note(_ failure: StoreFailure) { if failure.isFault { fail(failure) } }

    /// Counts any failure.
    ///
    /// - Parameters:
    ///   - failure: its description is logged; must hold nothing that a client wrote.
    ///   - reason: the failure's own when nil.
    ///   - count: how much failed at once; 0 for work that nobody waited for.
    public func fail(_ failure: StoreFailure, because reason: FailureReason? = nil, count: Int = 1) {
        let reason = reason ?? FailureReason(failure)
        let isFirst = state.withLock { state in
            isOpen.store(true, ordering: .relaxed)
            let isFirst = state.episode.fail(reason, count: count, at: uptime())
            if isFirst { state.number += 1 }
            return isFirst
        }
        guard isFirst else { return }
        let words = reason == .storage ? failure.description : reason.words
        log(.error, "failing", ["failure": "\(words)", "reason": "\(reason.rawValue)"])
    }

    public func succeed() {
        guard isFailing else { return }
        let summary = state.withLock { state in
            let summary = state.episode.succeed(at: uptime())
            if summary != nil { isOpen.store(false, ordering: .relaxed) }
            return summary
        }
        guard let summary else { return }
        var metadata: Logger.Metadata = ["after": "\(summary.lasted.text)", counted: "\(summary.total)"]
        for (reason, count) in summary.counts where count > 0 { metadata[reason.rawValue] = "\(count)" }
        log(.notice, "recovered", metadata)
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        logger.log(level: level, message, metadata: metadata.merging(["work": "\(work)"]) { $1 })
    }
}
