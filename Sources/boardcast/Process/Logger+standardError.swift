import Logging

extension Logger {
    /// Makes every logger of the process write to stderr from `level` on, and returns this program's logger. Call it
    /// once.
    static func standardError(level: Logger.Level) -> Logger {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "boardcast")
    }
}
