import Client
import Glibc

extension Terminal {
    /// What the other end of stdout can show: colour for people alone, and not for those who set `NO_COLOR` (no-color.org).
    static func standardOutput(environment: [String: String]) -> Terminal {
        let isWanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return Terminal(hasColor: isWanted && isTerminal, isTerminal: isTerminal && environment["TERM"] != "dumb")
    }
}
