import Glibc

/// What the other end of stdout can show.
public struct Terminal: Sendable {
    public let hasColor: Bool

    public init(hasColor: Bool) { self.hasColor = hasColor }

    /// Colour for people alone, and not for those who set `NO_COLOR` (no-color.org).
    public static func standardOutput(environment: [String: String]) -> Terminal {
        let isWanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        return Terminal(hasColor: isWanted && isatty(STDOUT_FILENO) == 1)
    }

    public enum Color: Int, Sendable {
        case red = 31, green, yellow, blue, magenta, cyan
        case gray = 90
    }

    public func paint(_ text: String, _ color: Color) -> String {
        hasColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
