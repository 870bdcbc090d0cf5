import Text

extension Timestamp {
    /// Nil unless `text` is a date-time of RFC 3339 §5.6, with any offset, in the years 0 to 9999 of UTC.
    ///
    /// Fractions of a second beyond milliseconds are cut off; a leap second (`:60`) is refused.
    public init?(rfc3339 text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard reader.bytes.count <= 64,
            let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), reader.take("Tt"), let hour = reader.digits(2), reader.take(":"),
            let minute = reader.digits(2), reader.take(":"), let second = reader.digits(2),
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd,
            1...12 ~= month, 1...Self.days(in: month, of: year) ~= day, hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let minutes = (days * 24 + hour) * 60 + minute - offset
        let milliseconds = (minutes * 60 + second) * 1000 + fraction
        guard Self.writable ~= milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970, by Howard Hinnant's civil-to-days algorithm.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ any: StaticString) -> Bool {
            guard position < bytes.count else { return false }
            for index in 0..<any.utf8CodeUnitCount where any.utf8Start[index] == bytes[position] {
                position += 1
                return true
            }
            return false
        }

        mutating func digit() -> Int? {
            guard position < bytes.count, bytes[position].isASCIIDigit else { return nil }
            position += 1
            return Int(bytes[position - 1] - 0x30)
        }

        mutating func digits(_ count: Int) -> Int? {
            var value = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Milliseconds.
        mutating func fraction() -> Int? {
            guard take(".") else { return 0 }
            guard var value = digit().map({ $0 * 100 }) else { return nil }
            var scale = 10
            while let digit = digit() {
                value += digit * scale
                scale /= 10
            }
            return value
        }

        /// Minutes to the east of UTC.
        mutating func offset() -> Int? {
            if take("Zz") { return 0 }
            let sign = take("+") ? 1 : -1
            guard sign == 1 || take("-"), let hours = digits(2), take(":"), let minutes = digits(2), hours < 24,
                minutes < 60
            else { return nil }
            return sign * (hours * 60 + minutes)
        }
    }
}
