public import Events

/// The failures of a repeated operation that belong together, so that the log is neither silent nor flooded: it has a
/// line for the first of them and one for the end.
///
/// An episode ends with a success that comes ``calm`` after its last failure, so that a thing that fails now and then
/// is one episode. A value that knows no clock and no log.
public struct Episode: Sendable {
    public struct Summary: Sendable, Equatable {
        /// From the first failure to the first success after the last one.
        public let lasted: Duration
        public let counts: [FailureReason: Int]

        public var total: Int { counts.values.reduce(0, +) }
    }

    public static let calm = Duration.seconds(10)

    /// When it began; nil while nothing fails.
    public private(set) var beginning: Uptime?
    /// The latest failure's.
    public private(set) var reason = FailureReason.storage
    public private(set) var counts: [FailureReason: Int] = [:]
    private var last = Uptime.distantPast
    /// The first success after the last failure.
    private var success: Uptime?

    public init() {}

    /// - Parameter count: how much failed at once; 0 for work that nobody waited for.
    /// - Returns: whether an episode begins with this.
    public mutating func fail(_ reason: FailureReason, count: Int = 1, at now: Uptime) -> Bool {
        defer { beginning = beginning ?? now }
        self.reason = reason
        counts[reason, default: 0] += count
        last = now
        success = nil
        return beginning == nil
    }

    /// - Returns: a summary when the episode ends with this.
    public mutating func succeed(at now: Uptime) -> Summary? {
        guard let beginning else { return nil }
        let success = success ?? now
        self.success = success
        guard now - last >= Self.calm else { return nil }
        defer { self = Episode() }
        return Summary(lasted: success - beginning, counts: counts)
    }
}
