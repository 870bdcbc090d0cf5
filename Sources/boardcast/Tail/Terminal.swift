import Glibc

/// The capabilities of the output where lines are printed.
struct Terminal: Sendable {
    let hasColor: Bool
    /// Whether it is a terminal, on which a line can be replaced.
    let isTerminal: Bool

    init(hasColor: Bool, isTerminal: Bool = false) {
        self.hasColor = hasColor
        self.isTerminal = isTerminal
    }

    /// The capabilities of stdout: colour only on a terminal, and not when `NO_COLOR` is set (no-color.org).
    static func standardOutput(environment: [String: String]) -> Terminal {
        let isWanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return Terminal(hasColor: isWanted && isTerminal, isTerminal: isTerminal && environment["TERM"] != "dumb")
    }

    enum Color: Int, Sendable {
        case red = 31, green, yellow, blue, magenta, cyan
        case gray = 90
    }

    func paint(_ text: String, _ color: Color) -> String {
        hasColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
