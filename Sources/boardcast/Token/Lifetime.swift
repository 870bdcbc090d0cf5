import Text

/// How long a token is valid: `90s`, `15m`, `1h`, `7d`.
struct Lifetime: Sendable, Equatable {
    let seconds: Int

    static let hour = Lifetime("1h")!

    /// Ten years.
    static let longest = 3_650 * 86_400

    /// Nil unless `text` is a whole number, not 0, with its unit after it, and comes to ten years at most.
    init?(_ text: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }) else { return nil }
        let digits = text.dropLast()
        guard 1...9 ~= digits.utf8.count, digits.utf8.allSatisfy(\.isASCIIDigit), let count = Int(digits),
            1...Self.longest ~= count * unit
        else { return nil }
        seconds = count * unit
    }
}
