import Glibc

/// What the process does on signals while a command runs.
enum Signals {
    /// Ctrl-C ends a command at once, which has nothing to put in order; a write to a closed pipe fails, and no more.
    static func endCommand() {
        signal(SIGINT) { _ in _exit(Exit.interrupted.rawValue) }
        signal(SIGPIPE, SIG_IGN)
    }
}
