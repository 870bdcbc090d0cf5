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

    init(_ logger: Logger, uptime: @escaping @Sendable () -> Uptime) {
        self.logger = logger
        commits = FailureLog("commits", logger: logger, uptime: uptime)
        reads = FailureLog("reads", logger: logger, uptime: uptime)
        acts = FailureLog("administrators' acts", logger: logger, uptime: uptime)
        chores = FailureLog("chores", logger: logger, uptime: uptime)
        checkpoints = FailureLog("checkpoints", logger: logger, uptime: uptime)
    }

    /// Runs one step of closing; logs an error and continues.
    func closing(_ step: String, _ body: () throws -> Void) {
        do { try body() } catch {
            let failure = StoreFailure(error)
            logger.error("closing", metadata: ["step": "\(step)", "failure": "\(failure)"])
        }
    }
}
