import Events

/// How much of what is not logged a node sends to the others in a second.
///
/// A value: whoever calls passes the time.
struct PassingBudget {
    static let mostEvents = 1000
    static let mostBytes = 1 << 20

    private var begin = Uptime.distantPast
    private var events = 0
    private var bytes = 0

    /// Whether one more of `size` bytes may go; it counts then.
    mutating func take(_ size: Int, at now: Uptime) -> Bool {
        if begin == .distantPast || now - begin >= .seconds(1) { (begin, events, bytes) = (now, 0, 0) }
        guard events < Self.mostEvents, bytes == 0 || bytes + size <= Self.mostBytes else { return false }
        events += 1
        bytes += size
        return true
    }
}
