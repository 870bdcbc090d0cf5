/// What the place where lines are printed can show.
public struct Terminal: Sendable {
    public let hasColor: Bool
    /// Whether it is one, on which a line can be written over.
    public let isTerminal: Bool

    public init(hasColor: Bool, isTerminal: Bool = false) {
        self.hasColor = hasColor
        self.isTerminal = isTerminal
    }

    public enum Color: Int, Sendable {
        case red = 31, green, yellow, blue, magenta, cyan
        case gray = 90
    }

    public func paint(_ text: String, _ color: Color) -> String {
        hasColor ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
    }
}
