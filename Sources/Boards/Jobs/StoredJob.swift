public import Events

/// The row that a store keeps of a job: the job, and which of its progress has been announced.
public struct StoredJob: Sendable {
    public var job: Job
    /// When its last progress event was written; nil before the first.
    public var toldAt: Timestamp?
    /// Whether some progress is yet to be announced, because the last announcement was less than
    /// ``JobLimits/spacing`` ago.
    public var isHeld: Bool

    public init(job: Job, toldAt: Timestamp?, isHeld: Bool) {
        self.job = job
        self.toldAt = toldAt
        self.isHeld = isHeld
    }

    /// When held progress is to be announced; nil when none is held. A time ahead of the last change delays nothing.
    public var heldUntil: Timestamp? {
        guard isHeld, let toldAt else { return nil }
        return min(toldAt, job.updatedAt) + JobLimits.spacing
    }

    /// Whether progress may be announced at `now`. A clock that was set back delays nothing.
    func mayTell(at now: Timestamp) -> Bool {
        guard let toldAt else { return true }
        return !(.zero..<JobLimits.spacing ~= now - toldAt)
    }
}
