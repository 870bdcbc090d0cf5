public import Events

/// A job, and what has been told of it: the row that a store keeps.
public struct StoredJob: Sendable {
    public var job: Job
    /// When its last progress event was written; nil before the first.
    public var toldAt: Timestamp?
    /// Whether something of it is yet to be told, because too much was told a moment ago.
    public var isHeld: Bool

    public init(job: Job, toldAt: Timestamp?, isHeld: Bool) {
        self.job = job
        self.toldAt = toldAt
        self.isHeld = isHeld
    }

    /// When what is held is to be told; nil when nothing is.
    public var heldUntil: Timestamp? {
        guard isHeld, let toldAt else { return nil }
        return Timestamp(milliseconds: toldAt.milliseconds + JobLimits.spacing)
    }

    /// Whether progress may be told at `now`. A clock that was set back holds nothing up.
    func mayTell(at now: Timestamp) -> Bool {
        guard let toldAt else { return true }
        return !(0..<JobLimits.spacing ~= now.milliseconds - toldAt.milliseconds)
    }
}
