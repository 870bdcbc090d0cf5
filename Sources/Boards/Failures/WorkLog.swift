package import Events
package import Logging
import Text

/// What every store logs: failures, separately for each kind of its work, and that the wall clock was set.
package struct WorkLog: Sendable {
    /// Clients' writes.
    package let writes: FailureLog
    package let reads: FailureLog
    /// Administrators' acts.
    package let acts: FailureLog
    package let chores: FailureLog
    package let logger: Logger

    package init(_ logger: Logger, uptime: @escaping @Sendable () -> Uptime) {
        self.logger = logger
        writes = FailureLog("writes", counting: "refused", logger: logger, uptime: uptime)
        reads = FailureLog("reads", logger: logger, uptime: uptime)
        acts = FailureLog("administrators' acts", logger: logger, uptime: uptime)
        chores = FailureLog("chores", logger: logger, uptime: uptime)
    }

    /// Logs that the wall clock was set.
    ///
    /// - Parameters:
    ///   - step: how far; negative when it was set back.
    ///   - atStart: whether that was between two processes. Nobody knows how far they were apart, so a clock that seems
    ///     to have been set ahead may only have gone on.
    package func clockSet(by step: Duration, atStart: Bool = false) {
        let isBack = step < .zero
        let metadata: Logger.Metadata = [
            "by": "\(max(step, .zero - step).text)", "direction": isBack ? "back" : "ahead",
        ]
        if atStart, !isBack { return logger.notice("after a long rest, or the wall clock was set", metadata: metadata) }
        logger.warning("the wall clock was set", metadata: metadata)
    }
}
