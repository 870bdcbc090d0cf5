public import Events
public import Logging
import Synchronization

/// Puts the failures of one recurring piece of work into the operator's log, as ``Episode`` says.
///
/// A success costs one atomic load while nothing fails.
public final class FailureLog: Sendable {
    private let work: String
    private let logger: Logger
    private let uptime: @Sendable () -> Uptime
    private let isFailing = Atomic(false)
    private let episode = Mutex(Episode())

    /// - Parameter work: what fails, for the log: `chores`.
    public init(_ work: String, logger: Logger, uptime: @escaping @Sendable () -> Uptime) {
        self.work = work
        self.logger = logger
        self.uptime = uptime
    }

    /// Takes note of a failure. `busy`, `closed` and `cancelled` say nothing about the store's health and are not
    /// counted.
    public func note(_ failure: StoreFailure) { if failure.isFault { fail(failure) } }

    /// Counts any failure.
    ///
    /// - Parameter failure: its description is logged; must hold nothing that a client wrote.
    public func fail(_ failure: StoreFailure) {
        let word = episode.withLock { episode in
            isFailing.store(true, ordering: .relaxed)
            return episode.fail(at: uptime())
        }
        switch word {
        case .began: log(.error, "failing", ["failure": "\(failure)"])
        case .goesOn(let failures): log(.error, "still failing", ["failure": "\(failure)", "failures": "\(failures)"])
        case .ended, nil: break
        }
    }

    public func succeed() {
        guard isFailing.load(ordering: .relaxed) else { return }
        let word = episode.withLock { episode in
            let word = episode.succeed(at: uptime())
            if word != nil { isFailing.store(false, ordering: .relaxed) }
            return word
        }
        if case .ended(let failures) = word { log(.notice, "recovered", ["failures": "\(failures)"]) }
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        logger.log(level: level, message, metadata: metadata.merging(["work": "\(work)"]) { $1 })
    }
}
