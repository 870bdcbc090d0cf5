public import Events

/// Decides which failures of a repeated operation are logged, so that the log is neither silent nor flooded: the first
/// failure, then each tenfold count, then the end.
///
/// An episode ends with a success that comes ``calm`` after its last failure, so that a thing that fails now and then
/// is one episode. A value that knows no clock and no log.
public struct Episode: Sendable {
    public enum Word: Sendable, Equatable {
        case began
        case goesOn(failures: Int)
        case ended(failures: Int)
    }

    public static let calm = Duration.seconds(10)

    public private(set) var failures = 0
    private var nextSaid = 1
    private var last = Uptime.distantPast

    public init() {}

    public mutating func fail(at now: Uptime) -> Word? {
        failures += 1
        last = now
        guard failures == nextSaid else { return nil }
        nextSaid *= 10
        return failures == 1 ? .began : .goesOn(failures: failures)
    }

    public mutating func succeed(at now: Uptime) -> Word? {
        guard failures > 0, now - last >= Self.calm else { return nil }
        defer { self = Episode() }
        return .ended(failures: failures)
    }
}
