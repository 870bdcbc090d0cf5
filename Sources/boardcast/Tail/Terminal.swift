import Glibc

/// What the place where lines are printed can show.
struct Terminal: Sendable {
    let hasColor: Bool
    /// Whether it is one, on which a line can be written over.
    let isTerminal: Bool

    init(hasColor: Bool, isTerminal: Bool = false) {
        self.hasColor = hasColor
        self.isTerminal = isTerminal
    }

    /// What the other end of stdout can show: colour for people alone, and not for those who set `NO_COLOR` (no-color.org).
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
