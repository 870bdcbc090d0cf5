import Boards
import Events
import GRDB
import Logging
import Text

/// What every store logs, and what concerns the files of SQLite.
struct StoreLog: Sendable {
    private let work: WorkLog
    let checkpoints: FailureLog
    private var logger: Logger { work.logger }

    init(_ logger: Logger, uptime: @escaping @Sendable () -> Uptime) {
        work = WorkLog(logger, uptime: uptime)
        checkpoints = FailureLog("checkpoints", logger: logger, uptime: uptime)
    }

    /// Clients' writes, and a full disk, whichever work finds it full.
    var writes: FailureLog { work.writes }
    var reads: FailureLog { work.reads }
    var acts: FailureLog { work.acts }
    var chores: FailureLog { work.chores }

    func clockSet(by step: Duration, atStart: Bool = false) { work.clockSet(by: step, atStart: atStart) }

    /// Takes note of a failure of work that no client waits for. A full disk is one fault however many kinds of work
    /// meet it, and is logged as the writes'.
    func note(_ failure: StoreFailure, of work: FailureLog) {
        guard failure == .full else { return work.note(failure) }
        writes.fail(failure, count: 0)
    }

    /// Logs that the write-ahead log has grown large, or is small again.
    func walSize(_ word: WALWatch.Word) {
        switch word {
        case .large(let bytes):
            logger.warning(
                "the write-ahead log is large; perhaps another process reads the database and does not end",
                metadata: ["bytes": "\(bytes)"])
        case .small(let bytes, let most, let lasted):
            logger.notice(
                "the write-ahead log is small again",
                metadata: ["bytes": "\(bytes)", "most": "\(most)", "after": "\(lasted.text)"])
        }
    }

    /// Logs that the write-ahead log was emptied because the disk is full.
    func gaveBack(_ bytes: Int) {
        logger.info(
            "gave the room of the write-ahead log back to the disk, which is full", metadata: ["bytes": "\(bytes)"])
    }

    /// Logs that the database at `path` is lost, and how.
    func lost(_ path: String, _ loss: String) {
        logger.error(
            "the database is gone from under the gateway; nothing more is read or written",
            metadata: ["path": "\(path)", "reason": "\(loss)"])
    }

    /// Logs that the lost database is in its place again.
    func isBack(_ path: String) {
        logger.notice("the database is back in its place", metadata: ["path": "\(path)"])
    }

    /// Runs one step of closing; logs an error and continues.
    func closing(_ step: String, _ body: () throws -> Void) {
        do { try body() } catch {
            let failure = StoreFailure(error)
            logger.error("closing", metadata: ["step": "\(step)", "failure": "\(failure)"])
        }
    }
}
