public import Events

/// Counters of a store's writer since the store was opened, kept by the writer's own thread.
public struct WriterCounters: Sendable, Equatable {
    /// Groups that were committed, and those that failed as a whole.
    public internal(set) var groups = 0
    public internal(set) var failedGroups = 0
    /// Writes that were committed, and those that were refused or failed in the writer.
    public internal(set) var writes = 0
    public internal(set) var refusals = 0
    public internal(set) var events = 0
    /// Of those, the gateway's own by type, and all others.
    public internal(set) var changes: [EventType: Int] = [:]
    public internal(set) var published = 0
    /// The times that commits took, in seconds, and how many writes each had.
    public internal(set) var commits = Histogram.times
    public internal(set) var sizes = Histogram([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    /// The time that commits took, most of it the disk's.
    public internal(set) var commitTime = Duration.zero
    /// Writes that wait, or are in the writer's hands.
    public internal(set) var waiting = 0
    /// Writes that the queue had no room for.
    public internal(set) var turnedAway = 0
    /// The most writes that waited at once.
    public internal(set) var longestQueue = 0
}
