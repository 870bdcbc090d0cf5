public import Text

/// A moment of a clock that only goes forward, whatever becomes of the time of day.
///
/// Nanoseconds since a beginning that all moments of one process share. A sum or a difference that does not fit ends at
/// ``never`` or ``distantPast``: nothing traps.
public struct Uptime: Sendable, Hashable, Comparable {
    public let nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// After every other moment.
    @inlinable public static var never: Uptime { Uptime(nanoseconds: .max) }
    /// Before every other moment.
    @inlinable public static var distantPast: Uptime { Uptime(nanoseconds: .min) }

    /// Rounded towards the beginning.
    @inlinable public var milliseconds: Int { Int(nanoseconds / 1_000_000) }

    @inlinable public static func < (left: Uptime, right: Uptime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Whole nanoseconds of `duration` count.
    @inlinable public static func + (moment: Uptime, duration: Duration) -> Uptime {
        let (sum, overflows) = moment.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        guard overflows else { return Uptime(nanoseconds: sum) }
        return moment.nanoseconds < 0 ? .distantPast : .never
    }

    /// Whole nanoseconds of `duration` count.
    @inlinable public static func - (moment: Uptime, duration: Duration) -> Uptime {
        let (difference, overflows) = moment.nanoseconds.subtractingReportingOverflow(duration.wholeNanoseconds)
        guard overflows else { return Uptime(nanoseconds: difference) }
        return moment.nanoseconds < 0 ? .distantPast : .never
    }

    /// How long after `earlier` it is: exact, however far apart they are.
    @inlinable public static func - (later: Uptime, earlier: Uptime) -> Duration {
        .nanoseconds(later.nanoseconds) - .nanoseconds(earlier.nanoseconds)
    }
}
