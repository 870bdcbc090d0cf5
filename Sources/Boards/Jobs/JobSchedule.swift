import Events

/// When something is to be done for the jobs that are not finished: progress that is held is told, silence ends them.
///
/// A value that knows no clock: times are nanoseconds of whichever clock its owner reads. Its size is the number of open
/// jobs, which is bounded for each tenant.
struct JobSchedule {
    struct Key: Hashable {
        let tenant: TenantID
        let job: JobID
    }

    /// What is to be done for one job, in its creator's name.
    struct Errand: Equatable {
        enum Kind: Equatable {
            case tell
            /// Unless it is of another version by now.
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
        let stallsAt: Int64
        var tellsAt: Int64?
    }

    private let patience: Int64
    private var entries: [Key: Entry] = [:]
    private var held: Set<Key> = []
    /// Lower bound of the next stall. Recomputed when reached; reports can only postpone a stall.
    private var nextStall = Int64.max

    /// - Parameter patience: how long a job may be silent.
    init(patience: Int64) { self.patience = patience }

    var count: Int { entries.count }

    /// The earliest time at which there may be something to do; nil while there are no jobs.
    var next: Int64? {
        guard !entries.isEmpty else { return nil }
        return min(nextStall, held.compactMap { entries[$0]?.tellsAt }.min() ?? .max)
    }

    /// Takes note of a job as it is after a write, or when we begin.
    ///
    /// - Parameter tellsIn: how long from `now` until what is held of it is to be told; nil when nothing is held.
    mutating func note(
        _ key: Key, by creator: UserID, version: Int, isFinal: Bool, tellsIn: Int64?, at now: Int64
    ) {
        // Two writes may be heard of in the wrong order, and an answer twice.
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

    /// An errand that could not be run is due again at `time`, unless it has become needless.
    mutating func putBack(_ errand: Errand, at time: Int64) {
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

    /// What is to be done at `now`, each once.
    mutating func takeDue(at now: Int64) -> [Errand] {
        var errands: [Errand] = []
        for key in held {
            guard let entry = entries[key], let tellsAt = entry.tellsAt, tellsAt <= now else { continue }
            entries[key]?.tellsAt = nil
            held.remove(key)
            errands.append(Errand(tenant: key.tenant, job: key.job, creator: entry.creator, kind: .tell))
        }
        guard nextStall <= now else { return errands }
        nextStall = .max
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
