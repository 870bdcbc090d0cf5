import Glibc
import Logging

extension Logger {
    /// Makes every logger of the process write to stderr from `level` on, and returns this program's logger. Call it
    /// once.
    static func standardError(level: Logger.Level) -> Logger {
        atexit { LineWriter.standardError.flush() }
        LoggingSystem.bootstrap { label in
            var handler = LineLog(label: label, writer: .standardError)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "boardcast")
    }
}
