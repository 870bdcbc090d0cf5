public import Text

/// A moment by the clock on the wall: UTC, in whole milliseconds since 1970, as events, tasks and tokens have it.
///
/// That clock may be set, forwards or back, between two readings: how long something takes is measured by ``Uptime``.
/// A sum or a difference that does not fit ends at ``never`` or ``distantPast``: nothing traps.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let milliseconds: Int

    @inlinable public init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// After every other moment.
    @inlinable public static var never: Timestamp { Timestamp(milliseconds: .max) }
    /// Before every other moment.
    @inlinable public static var distantPast: Timestamp { Timestamp(milliseconds: .min) }

    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Whole milliseconds of `duration` count.
    @inlinable public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflows) = moment.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        guard overflows else { return Timestamp(milliseconds: sum) }
        return moment.milliseconds < 0 ? .distantPast : .never
    }

    /// Whole milliseconds of `duration` count.
    @inlinable public static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        let (difference, overflows) = moment.milliseconds.subtractingReportingOverflow(duration.wholeMilliseconds)
        guard overflows else { return Timestamp(milliseconds: difference) }
        return moment.milliseconds < 0 ? .distantPast : .never
    }

    /// How long after `earlier` it is, by the wall: exact, however far apart they are, and negative when it is before.
    @inlinable public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .milliseconds(later.milliseconds) - .milliseconds(earlier.milliseconds)
    }

    /// As RFC 3339 writes it: `2026-01-15T10:30:00.000Z`.
    public var description: String { String(decoding: utf8, as: UTF8.self) }

    /// The 24 bytes of ``description``, by Howard Hinnant's days-to-civil algorithm. A moment outside the years 0 to
    /// 9999 is written as the nearest within.
    public var utf8: [UInt8] {
        let written = min(max(milliseconds, Self.writable.lowerBound), Self.writable.upperBound)
        let (days, rest) = written.floorDivided(by: 86_400_000)
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

    /// The milliseconds of the years 0 to 9999, which is what RFC 3339 can write.
    public static let writable = -62_167_219_200_000...253_402_300_799_999
}

extension Int {
    fileprivate func floorDivided(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
