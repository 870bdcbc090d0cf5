/// A moment, in milliseconds since 1970. Its description is RFC 3339 in UTC: `2026-01-15T10:30:00.000Z`.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let milliseconds: Int

    public init(milliseconds: Int) { self.milliseconds = milliseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    public var description: String { String(decoding: utf8, as: UTF8.self) }

    /// 24 bytes for the years 0 to 9999, by Howard Hinnant's days-to-civil algorithm.
    public var utf8: [UInt8] {
        let (days, rest) = milliseconds.floorDivided(by: 86_400_000)
        let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func put(_ value: Int, _ width: Int, _ end: Character) {
            var scale = 1
            for _ in 1..<width { scale *= 10 }
            while scale > 0 {
                text.append(0x30 + UInt8(value / scale % 10))
                scale /= 10
            }
            text.append(end.asciiValue!)
        }
        put(year, 4, "-")
        put(month, 2, "-")
        put(day, 2, "T")
        put(rest / 3_600_000, 2, ":")
        put(rest / 60_000 % 60, 2, ":")
        put(rest / 1000 % 60, 2, ".")
        put(rest % 1000, 3, "Z")
        return text
    }
}

extension Int {
    fileprivate func floorDivided(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
