import Glibc

/// Signal handling of the process while a command runs.
enum Signals {
    /// Lets Ctrl-C end a command at once, since it has nothing to clean up; ignores SIGPIPE, so that a write to a
    /// closed pipe only fails.
    static func endCommand() {
        signal(SIGINT) { _ in _exit(Exit.interrupted.rawValue) }
        signal(SIGPIPE, SIG_IGN)
    }
}
