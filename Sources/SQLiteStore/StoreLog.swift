import Boards
import Events
import GRDB
import Logging

/// Logs failures of the store, separately for each kind of its work.
struct StoreLog: Sendable {
    let commits: FailureLog
    let reads: FailureLog
    /// Administrators' acts.
    let acts: FailureLog
    let chores: FailureLog
    let checkpoints: FailureLog
    private let logger: Logger

    /// - Parameter now: milliseconds since 1970.
    init(_ logger: Logger, now: @escaping @Sendable () -> Int) {
        self.logger = logger
        commits = FailureLog("commits", logger: logger, now: now)
        reads = FailureLog("reads", logger: logger, now: now)
        acts = FailureLog("administrators' acts", logger: logger, now: now)
        chores = FailureLog("chores", logger: logger, now: now)
        checkpoints = FailureLog("checkpoints", logger: logger, now: now)
    }

    /// Runs one step of closing; logs an error and continues.
    func closing(_ step: String, _ body: () throws -> Void) {
        do { try body() } catch {
            let failure = StoreFailure(error)
            logger.error("closing", metadata: ["step": "\(step)", "failure": "\(failure)"])
        }
    }
}
