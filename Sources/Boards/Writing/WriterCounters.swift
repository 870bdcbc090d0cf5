public import Events

/// Counters of a store's writer since the store was opened, kept by the writer's own thread.
public struct WriterCounters: Sendable, Equatable {
    /// Groups that were committed, and those that failed as a whole.
    public package(set) var groups = 0
    public package(set) var failedGroups = 0
    /// Writes that were committed, and those that were refused or failed in the writer.
    public package(set) var writes = 0
    public package(set) var refusals = 0
    public package(set) var events = 0
    /// Of those, the gateway's own by type, and all others.
    public package(set) var changes: [EventType: Int] = [:]
    public package(set) var published = 0
    /// The times that commits took, in seconds, and how many writes each had.
    public package(set) var commits = Histogram.times
    public package(set) var sizes = Histogram([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    /// The time that commits took, most of it the disk's.
    public package(set) var commitTime = Duration.zero
    /// Writes that wait, or are in the writer's hands.
    public package(set) var waiting = 0
    /// Writes that the queue had no room for.
    public package(set) var turnedAway = 0
    /// The most writes that waited at once.
    public package(set) var longestQueue = 0

    package init() {}
}

extension WriterCounters {
    /// Counts a group of writes.
    ///
    /// - Parameters:
    ///   - hasFailed: whether it failed as a whole.
    ///   - late: writes that waited too long, and have no result.
    package mutating func add(
        _ results: [Result<Commit<Written>, BoardError>], _ events: [Event], _ time: Duration, hasFailed: Bool,
        late: Int
    ) {
        let done = results.count { if case .success = $0 { true } else { false } }
        if hasFailed {
            failedGroups += 1
        } else {
            groups += 1
            commits.add(time)
            if done > 0 { sizes.add(Double(done)) }
        }
        writes += done
        refusals += results.count + late - done
        self.events += events.count
        for event in events {
            if EventType.reservedFamilies.contains(event.type.family) {
                changes[event.type, default: 0] += 1
            } else {
                published += 1
            }
        }
        commitTime += time
    }
}
