import Events
import Text

/// Reads dates as tools and people write them, when there is one way alone to read them: `2026-01-15 09:00`,
/// `15/Jan/26 9:30 AM`, `January 15, 2026`, `15.01.2026`, `01/15/2026`, milliseconds since 1970.
///
/// A date without a time is its midnight, a time without a zone is UTC's.
struct DateReader {
    /// Which comes first in `01/02/2026`.
    enum Order { case dayFirst, monthFirst }

    /// Nil for a text that is no date, or may be several.
    static func date(_ text: String, _ order: Order? = nil) -> Timestamp? {
        if let time = Timestamp(rfc3339: text) { return time }
        guard text.utf8.count <= 100 else { return nil }
        // A range is due at its end, which may be a time alone.
        let parts = text.split(separator: "→").map(String.init)
        var reader = DateReader(parts.last ?? text)
        let end = reader.date(order)
        guard end == nil, parts.count == 2 else { return end }
        reader = DateReader(parts[0])
        return reader.date(order, at: DateReader(parts[1]).tokens)
    }

    /// The order that a date shows, since its other reading is none.
    static func order(_ text: String) -> Order? {
        guard text.utf8.count <= 100 else { return nil }
        var reader = DateReader(text.split(separator: "→").last.map(String.init) ?? text)
        guard case .numbers(let first, let second, let year, let mark)? = reader.day(), mark != ".", year.digits == 4
        else { return nil }
        if 13...31 ~= first.value, 1...12 ~= second.value { return .dayFirst }
        if 1...12 ~= first.value, 13...31 ~= second.value { return .monthFirst }
        return nil
    }

    private struct Number {
        let value: Int
        let digits: Int
    }

    private enum Token {
        case number(Number)
        case word(String)
        case mark(Unicode.Scalar)
    }

    /// The part of a date that says the day.
    private enum Day {
        case sure(year: Int, month: Int, day: Int)
        /// Two numbers, a year, and what is between them.
        case numbers(Number, Number, Number, mark: Unicode.Scalar)
        case milliseconds(Int)
    }

    private var tokens: ArraySlice<Token>

    private init(_ text: String) {
        // What is in parentheses names the zone once more.
        var tokens: [Token] = []
        var rest = text.lowercased().unicodeScalars.prefix { $0 != "(" }[...]
        while let first = rest.first {
            let digits = rest.prefix { "0"..."9" ~= $0 }
            let letters = rest.prefix { $0.properties.isAlphabetic }
            if !digits.isEmpty {
                tokens.append(.number(Number(value: Int(String(digits)) ?? .max, digits: digits.count)))
            } else if !letters.isEmpty {
                tokens.append(.word(String(letters)))
            } else {
                tokens.append(.mark(first.properties.isWhitespace ? " " : first))
            }
            rest = rest.dropFirst(max(1, digits.count, letters.count))
        }
        self.tokens = tokens[...]
    }

    /// - Parameter end: the time that counts instead of its own; nothing but a time.
    private mutating func date(_ order: Order?, at end: ArraySlice<Token>? = nil) -> Timestamp? {
        skipSpace()
        let found = day()
        if let end {
            tokens = end
            skipSpace()
            guard case .number? = tokens.first else { return nil }
        }
        var (year, month, number): (Int, Int, Int)
        switch found {
        case .milliseconds(let value): return tokens.isEmpty ? Timestamp(milliseconds: value) : nil
        case .sure(let a, let b, let c): (year, month, number) = (a, b, c)
        case .numbers(let first, let second, let third, let mark):
            guard let sure = Self.only(first, second, third, mark, order) else { return nil }
            (year, month, number) = sure
        case nil: return nil
        }
        guard let time = time(), let zone = zone() else { return nil }
        skipSpace()
        guard tokens.isEmpty else { return nil }
        let text = "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(number, 2))T"
        return Timestamp(rfc3339: text + time + zone)
    }

    /// The one day that the numbers can mean.
    private static func only(
        _ first: Number, _ second: Number, _ third: Number, _ mark: Unicode.Scalar, _ order: Order?
    ) -> (Int, Int, Int)? {
        let year = third.digits == 2 ? 2000 + third.value : third.value
        let dayFirst = (year, second.value, first.value)
        let monthFirst = (year, first.value, second.value)
        // With points the day is first, wherever dates are written so.
        if mark == "." { return isDay(dayFirst) ? dayFirst : nil }
        if let order {
            let ordered = order == .dayFirst ? dayFirst : monthFirst
            return isDay(ordered) ? ordered : nil
        }
        var candidates = [dayFirst, monthFirst]
        if third.digits == 2, first.digits == 2 { candidates.append((2000 + first.value, second.value, third.value)) }
        let days = candidates.filter(isDay)
        guard let day = days.first, days.allSatisfy({ $0 == day }) else { return nil }
        return day
    }

    private static func isDay(_ day: (Int, Int, Int)) -> Bool {
        1...9999 ~= day.0 && 1...12 ~= day.1 && 1...31 ~= day.2
            && Timestamp(rfc3339: "\(digits(day.0, 4))-\(digits(day.1, 2))-\(digits(day.2, 2))T00:00:00Z") != nil
    }

    private mutating func day() -> Day? {
        if case .word(let word)? = tokens.first, Self.weekdays.contains(String(word.prefix(3))) {
            tokens.removeFirst()
            skip(",.")
        }
        switch tokens.first {
        case .word(let word):
            guard let month = Self.month(word) else { return nil }
            tokens.removeFirst()
            skip(".,-/")
            guard let day = number(), day.digits <= 2 else { return nil }
            skipOrdinal()
            skip(",.-/")
            guard let year = year() else { return nil }
            return .sure(year: year, month: month, day: day.value)
        case .number(let first):
            tokens.removeFirst()
            if tokens.isEmpty, [10, 13].contains(first.digits) {
                return .milliseconds(first.digits == 10 ? first.value * 1000 : first.value)
            }
            skipOrdinal()
            guard let mark = mark() else { return nil }
            if case .word(let word)? = tokens.first, let month = Self.month(word) {
                tokens.removeFirst()
                skip(".,-/")
                if first.digits == 4, let day = number(), day.digits <= 2 {
                    return .sure(year: first.value, month: month, day: day.value)
                }
                guard first.digits <= 2, let year = year() else { return nil }
                return .sure(year: year, month: month, day: first.value)
            }
            guard "-/.".unicodeScalars.contains(mark), let second = number(), self.mark() == mark, let third = number()
            else { return nil }
            if first.digits == 4, second.digits <= 2, third.digits <= 2 {
                return .sure(year: first.value, month: second.value, day: third.value)
            }
            guard first.digits <= 2, second.digits <= 2, [2, 4].contains(third.digits) else { return nil }
            return .numbers(first, second, third, mark: mark)
        default: return nil
        }
    }

    /// `T09:30:00.000`, ` 9:30 PM`, `at 9 am`; midnight where none is. Nil for what is none.
    private mutating func time() -> String? {
        skip(",t")
        if case .word("at")? = tokens.first { tokens.removeFirst() }
        skipSpace()
        guard case .number(let hours)? = tokens.first, hours.digits <= 2 else { return "00:00:00" }
        tokens.removeFirst()
        var (hour, parts, fraction) = (hours.value, [0, 0], "")
        var hasMinutes = false
        for index in 0...1 where isMark(":") {
            tokens.removeFirst()
            guard let part = number(), part.digits == 2 else { return nil }
            parts[index] = part.value
            hasMinutes = true
        }
        if isMark(".") {
            tokens.removeFirst()
            guard let part = number(), part.digits <= 9 else { return nil }
            fraction = ".\(Self.digits(part.value, part.digits))"
        }
        let beforeHalf = tokens
        skipSpace()
        if case .word(let half)? = tokens.first, let isAfternoon = ["am": false, "pm": true][half] {
            guard 1...12 ~= hour else { return nil }
            tokens.removeFirst()
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        } else {
            guard hasMinutes else { return nil }
            tokens = beforeHalf
        }
        return "\(Self.digits(hour, 2)):\(Self.digits(parts[0], 2)):\(Self.digits(parts[1], 2))\(fraction)"
    }

    /// `Z`, `UTC`, `GMT+0100`, `+01:00`; `Z` where none is. Nil for a zone of another name.
    private mutating func zone() -> String? {
        skipSpace()
        if case .word(let word)? = tokens.first {
            guard ["z", "utc", "gmt"].contains(word) else { return nil }
            tokens.removeFirst()
        }
        guard isMark("+") || isMark("-") else { return "Z" }
        let sign = isMark("+") ? "+" : "-"
        tokens.removeFirst()
        guard let hours = number() else { return nil }
        if hours.digits == 4 {
            return "\(sign)\(Self.digits(hours.value / 100, 2)):\(Self.digits(hours.value % 100, 2))"
        }
        guard hours.digits == 2 else { return nil }
        guard isMark(":") else { return "\(sign)\(Self.digits(hours.value, 2)):00" }
        tokens.removeFirst()
        guard let minutes = number(), minutes.digits == 2 else { return nil }
        return "\(sign)\(Self.digits(hours.value, 2)):\(Self.digits(minutes.value, 2))"
    }

    private mutating func number() -> Number? {
        guard case .number(let number)? = tokens.first else { return nil }
        tokens.removeFirst()
        return number
    }

    private mutating func year() -> Int? {
        guard let year = number() else { return nil }
        return year.digits == 4 ? year.value : year.digits == 2 ? 2000 + year.value : nil
    }

    /// One mark, or spaces.
    private mutating func mark() -> Unicode.Scalar? {
        guard case .mark(let mark)? = tokens.first else { return nil }
        tokens.removeFirst()
        if mark == "." || mark == " " { skipSpace() }
        return mark
    }

    private func isMark(_ scalar: Unicode.Scalar) -> Bool {
        if case .mark(scalar)? = tokens.first { true } else { false }
    }

    /// One of these marks, or a `t` where that is among them, with the spaces around it.
    private mutating func skip(_ marks: String) {
        skipSpace()
        if case .mark(let mark)? = tokens.first, marks.unicodeScalars.contains(mark) { tokens.removeFirst() }
        if case .word("t")? = tokens.first, marks.contains("t") { tokens.removeFirst() }
        skipSpace()
    }

    private mutating func skipSpace() { while isMark(" ") { tokens.removeFirst() } }

    /// `15th`.
    private mutating func skipOrdinal() {
        if case .word(let word)? = tokens.first, ["st", "nd", "rd", "th"].contains(word) { tokens.removeFirst() }
    }

    /// A month's English name, or three letters of it at least.
    private static func month(_ word: String) -> Int? {
        guard word.count >= 3, word.utf8.allSatisfy(\.isASCIILetter) else { return nil }
        if word == "sept" { return 9 }
        return months.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays: Set = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
