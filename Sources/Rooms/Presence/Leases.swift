import DequeModule
import Events

/// Keys that expire, each at its own time unless it is renewed.
///
/// A value: whoever calls passes the time. Renewing, ending and expiring cost
/// O(1) amortised; what was renewed or ended leaves its old place in line behind until there are more such places
/// than keys.
struct Leases<Key: Hashable> {
    private var ends: [Key: Uptime] = [:]
    /// In the order of their times, since every lease of one kind lasts equally long.
    private var line: Deque<(end: Uptime, key: Key)> = []

    var count: Int { ends.count }
    var isEmpty: Bool { ends.isEmpty }
    /// The places in the line, including stale ones.
    var places: Int { line.count }
    func contains(_ key: Key) -> Bool { ends[key] != nil }

    /// When ``expire(at:)`` has to be called next; at that time it may still find nothing to end.
    var nextDeadline: Uptime? { isEmpty ? nil : line.first?.end }

    /// Makes `key` expire at `end`, whether it is new or not.
    mutating func renew(_ key: Key, until end: Uptime) {
        ends[key] = end
        line.append((end, key))
        if places > 2 * count + 64 { line.removeAll { ends[$0.key] != $0.end } }
    }

    /// - Returns: false when it was not there.
    @discardableResult
    mutating func end(_ key: Key) -> Bool {
        guard ends.removeValue(forKey: key) != nil else { return false }
        if ends.isEmpty { line = [] }
        return true
    }

    /// Removes and returns the expired keys, oldest first.
    mutating func expire(at now: Uptime) -> [Key] {
        var expired: [Key] = []
        while let first = line.first, first.end <= now {
            line.removeFirst()
            // A stale place: the key was renewed or ended since.
            guard ends[first.key] == first.end else { continue }
            ends[first.key] = nil
            expired.append(first.key)
        }
        return expired
    }
}
