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
        }

        let tenant: TenantID
        let job: JobID
        let creator: UserID
        let kind: Kind
    }

    private struct Entry {
        let creator: UserID
        let version: Int
        var stallsAt: Uptime
        var tellsAt: Uptime?
    }

    private let patience: Duration
    private var entries: [Key: Entry] = [:]
    private var held: Set<Key> = []
    /// Lower bound of the next stall. Recomputed when reached; reports can only postpone a stall.
    private var nextStall = Uptime.never

    /// - Parameter patience: how long a job may be silent.
    init(patience: Duration) { self.patience = patience }

    var count: Int { entries.count }

    /// The earliest time at which an errand may be due; nil while there are no jobs.
    var next: Uptime? {
        guard !entries.isEmpty else { return nil }
        return min(nextStall, held.compactMap { entries[$0]?.tellsAt }.min() ?? .never)
    }

    /// Takes note of a job's state after a write, or at start-up.
    ///
    /// - Parameter tellsIn: how long from `now` until its held progress is to be announced; nil when none is held.
    mutating func note(
        _ key: Key, by creator: UserID, version: Int, isFinal: Bool, tellsIn: Duration?, at now: Uptime
    ) {
        // Two writes may be noted in the wrong order, and one answer twice.
        if let entry = entries[key], entry.version >= version { return }
        guard !isFinal else { return forget(key) }
        let entry = Entry(
            creator: creator, version: version, stallsAt: now + patience, tellsAt: tellsIn.map { now + $0 })
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

    /// Makes an errand that failed due again at `time`, unless it is no longer needed.
    mutating func putBack(_ errand: Errand, at time: Uptime) {
        let key = Key(tenant: errand.tenant, job: errand.job)
        switch errand.kind {
        case .tell:
            guard entries[key] != nil, !held.contains(key) else { return }
            entries[key]?.tellsAt = time
            held.insert(key)
        case .stall(let version):
            guard entries[key] == nil else { return }
            entries[key] = Entry(creator: errand.creator, version: version, stallsAt: time, tellsAt: nil)
            nextStall = min(nextStall, time)
        }
    }

    /// Takes the errands that are due at `now`; each is returned once.
    mutating func takeDue(at now: Uptime) -> [Errand] {
        var errands: [Errand] = []
        for key in held {
            guard let entry = entries[key], let tellsAt = entry.tellsAt, tellsAt <= now else { continue }
            entries[key]?.tellsAt = nil
            held.remove(key)
            errands.append(Errand(tenant: key.tenant, job: key.job, creator: entry.creator, kind: .tell))
        }
        guard nextStall <= now else { return errands }
        nextStall = .never
        for (key, entry) in entries {
            guard entry.stallsAt <= now else {
                nextStall = min(nextStall, entry.stallsAt)
                continue
            }
            forget(key)
            errands.append(
                Errand(
                    tenant: key.tenant, job: key.job, creator: entry.creator, kind: .stall(version: entry.version)))
        }
        return errands
    }
}
