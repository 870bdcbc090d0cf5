import Events

/// When the next actions for unfinished jobs are due: announcing held progress, and failing jobs that stay silent.
///
/// A value that knows no clock: its owner passes the time. Its size is the number of open jobs, which is
/// bounded for each tenant.
struct JobSchedule {
    struct Key: Hashable {
        let tenant: TenantID
        let job: JobID
    }

    /// An action that is due for one job; it is written in the name of the job's creator.
    struct Errand: Equatable {
        enum Kind: Equatable {
            case tell
            /// Fails the job if it is still at this version.
            case stall(version: Int)
            /// Stores the end that ``OwnJobs`` keeps.
            case end
        }

        let key: Key
        let creator: UserID
        let kind: Kind
        /// How long it waits when it fails; longer each time.
        var delay = RetryDelay()
    }

    private struct Entry {
        let creator: UserID
        let version: Int
        var isQueued = false
        var stallsAt: Uptime
        var tellsAt: Uptime?
        var delay = RetryDelay()
    }

    private let patience: Duration
    private var entries: [Key: Entry] = [:]
    private var held: Set<Key> = []
    /// Lower bound of the next stall. Recomputed when reached; reports can only postpone a stall.
    private var nextStall = Uptime.never

    /// - Parameter patience: how long a job may be silent.
    init(patience: Duration) { self.patience = patience }

    var count: Int { entries.count }
    /// Those that no worker has begun.
    var queued: Int { entries.values.count(where: \.isQueued) }

    /// The earliest time at which an errand may be due; nil while there are no jobs.
    var next: Uptime? {
        guard !entries.isEmpty else { return nil }
        return min(nextStall, held.compactMap { entries[$0]?.tellsAt }.min() ?? .never)
    }

    /// Takes note of a job's state after a write, or at start-up.
    ///
    /// - Parameter tellsIn: how long from `now` until its held progress is to be announced; nil when none is held.
    mutating func note(
        _ key: Key, by creator: UserID, version: Int, isQueued: Bool = false, isFinal: Bool, tellsIn: Duration?,
        at now: Uptime
    ) {
        // Two writes may be noted in the wrong order, and one answer twice.
        if let entry = entries[key], entry.version >= version { return }
        guard !isFinal else { return forget(key) }
        let entry = Entry(
            creator: creator, version: version, isQueued: isQueued, stallsAt: now + patience,
            tellsAt: tellsIn.map { now + $0 })
        entries[key] = entry
        nextStall = min(nextStall, entry.stallsAt)
        if tellsIn == nil { held.remove(key) } else { held.insert(key) }
    }

    mutating func forget(_ key: Key) {
        entries[key] = nil
        held.remove(key)
    }

    /// Gives every job its patience anew.
    mutating func renewPatience(at now: Uptime) {
        for key in entries.keys { entries[key]?.stallsAt = now + patience }
        nextStall = entries.isEmpty ? .never : now + patience
    }

    /// Makes an errand that failed at `now` due again, after its delay and unless it is no longer needed.
    mutating func putBack(_ errand: Errand, at now: Uptime) {
        let key = errand.key
        var delay = errand.delay
        let time = now + delay.next()
        switch errand.kind {
        case .tell:
            guard entries[key] != nil, !held.contains(key) else { return }
            entries[key]?.tellsAt = time
            entries[key]?.delay = delay
            held.insert(key)
        case .stall(let version):
            guard entries[key] == nil else { return }
            entries[key] = Entry(
                creator: errand.creator, version: version, stallsAt: time, tellsAt: nil, delay: delay)
            nextStall = min(nextStall, time)
        case .end: break
        }
    }

    /// Takes the errands that are due at `now`; each is returned once.
    ///
    /// - Parameter isWorkedOn: whether a job can't be silent: it gets its patience anew.
    mutating func takeDue(at now: Uptime, isWorkedOn: (Key) -> Bool = { _ in false }) -> [Errand] {
        var errands: [Errand] = []
        for key in held {
            guard let entry = entries[key], let tellsAt = entry.tellsAt, tellsAt <= now else { continue }
            entries[key]?.tellsAt = nil
            held.remove(key)
            errands.append(Errand(key: key, creator: entry.creator, kind: .tell, delay: entry.delay))
        }
        guard nextStall <= now else { return errands }
        nextStall = .never
        for (key, entry) in entries {
            var stallsAt = entry.stallsAt
            if stallsAt <= now, isWorkedOn(key) {
                stallsAt = now + patience
                entries[key]?.stallsAt = stallsAt
            }
            guard stallsAt <= now else {
                nextStall = min(nextStall, stallsAt)
                continue
            }
            forget(key)
            errands.append(
                Errand(key: key, creator: entry.creator, kind: .stall(version: entry.version), delay: entry.delay))
        }
        return errands
    }
}
