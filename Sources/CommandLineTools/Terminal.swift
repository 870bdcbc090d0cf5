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

extension String {
    /// The same in one line, with nothing in it that a terminal would obey: whoever names a task may name it anything.
    var printable: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .lineSeparator, .paragraphSeparator: text.append(" ")
            case .control: text.append(scalar == "\n" || scalar == "\t" || scalar == "\r" ? " " : "\u{FFFD}")
            case .format where scalar != "\u{200D}" && scalar != "\u{200C}": text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    /// With spaces behind it up to `width` characters; one that is longer stays as it is.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    func paddedLeft(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
