import Logging
import SQLiteStore

extension DatabaseCondition {
    /// Logs what an operator should know about the database at the start, one line for each fact.
    func report(to logger: Logger) {
        guard let path else { return }
        if isNew { logger.notice("made a new database", metadata: ["path": "\(path)"]) }
        guard let firstUnreadable else { return }
        logger.warning(
            "some rows of the database can't be read; each is refused when it is asked for",
            metadata: ["path": "\(path)", "rows": "\(unreadableRows)", "first": "\(firstUnreadable)"])
    }
}
