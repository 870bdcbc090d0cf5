import Boards
import Events
import GRDB
import Logging
import Text

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

    /// Logs that the wall clock was set.
    ///
    /// - Parameters:
    ///   - step: how far; negative when it was set back.
    ///   - atStart: whether that was between two processes. Nobody knows how far they were apart, so a clock that seems
    ///     to have been set ahead may only have gone on.
    func clockSet(by step: Duration, atStart: Bool = false) {
        let isBack = step < .zero
        let metadata: Logger.Metadata = [
            "by": "\(max(step, .zero - step).text)", "direction": isBack ? "back" : "ahead",
        ]
        if atStart, !isBack { return logger.notice("after a long rest, or the wall clock was set", metadata: metadata) }
        logger.warning("the wall clock was set", metadata: metadata)
    }

    /// Runs one step of closing; logs an error and continues.
    func closing(_ step: String, _ body: () throws -> Void) {
        do { try body() } catch {
            let failure = StoreFailure(error)
            logger.error("closing", metadata: ["step": "\(step)", "failure": "\(failure)"])
        }
    }
}
