import Glibc
import Logging
import ServerSettings

extension Logger {
    /// Makes every logger of the process write to stderr as `settings` say, and returns this program's logger. Call it
    /// once.
    static func standardError(_ settings: Settings.Log) -> Logger {
        atexit { LineWriter.standardError.flush() }
        LoggingSystem.bootstrap { label in
            var handler = LineLog(label: label, format: settings.format, writer: .standardError)
            handler.logLevel = settings.level
            return handler
        }
        return Logger(label: "boardcast")
    }
}
