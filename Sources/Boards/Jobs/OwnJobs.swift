import Events

/// The jobs that this process works on itself, each from the beginning of the work until its end is stored.
///
/// A value that knows no clock: its owner passes the time. Work under way is bounded by whoever begins it. An end that
/// waits is that of an unfinished job, of which a tenant has ``JobLimits/open`` at most; the first
/// ``JobLimits/wholeEnds`` that wait are kept with their result or details, and of the others only the reason.
struct OwnJobs {
    typealias Key = JobSchedule.Key

    private struct Entry {
        let creator: UserID
        /// What is to be stored; nil while the work goes on.
        var end: JobReport?
        var delay = RetryDelay()
        /// When it is to be stored; nil while that is tried.
        var dueAt: Uptime?

        var work: JobWork { end.map(JobWork.ended) ?? .goesOn }
    }

    private var entries: [Key: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }
    var all: [(key: Key, work: JobWork)] { entries.map { ($0.key, $0.value.work) } }
    /// The earliest time at which an end is due.
    var next: Uptime? { entries.values.compactMap(\.dueAt).min() }

    func work(on key: Key) -> JobWork? { entries[key]?.work }

    /// - Returns: false when the job is worked on already.
    mutating func begin(_ key: Key, by creator: UserID) -> Bool {
        guard entries[key] == nil else { return false }
        entries[key] = Entry(creator: creator)
        return true
    }

    /// Ends the work on a job; its end is due at `now`. Does nothing when it has ended already.
    mutating func end(_ key: Key, with report: JobReport, at now: Uptime) {
        guard entries[key] != nil, entries[key]?.end == nil else { return }
        let isWhole = entries.values.count { $0.end != nil } < JobLimits.wholeEnds
        entries[key]?.end = isWhole ? report : JobReport(status: report.status, error: report.error)
        entries[key]?.dueAt = now
    }

    mutating func forget(_ key: Key) { entries[key] = nil }
    mutating func forgetAll() { entries = [:] }

    /// Takes the ends that are due at `now`; each is returned once.
    mutating func takeDue(at now: Uptime) -> [JobSchedule.Errand] {
        var errands: [JobSchedule.Errand] = []
        for (key, entry) in entries {
            guard let dueAt = entry.dueAt, dueAt <= now else { continue }
            entries[key]?.dueAt = nil
            errands.append(.init(key: key, creator: entry.creator, kind: .end, delay: entry.delay))
        }
        return errands
    }

    /// Makes an end that could not be stored at `now` due again, after its delay.
    mutating func putBack(_ errand: JobSchedule.Errand, at now: Uptime) {
        var delay = errand.delay
        entries[errand.key]?.dueAt = now + delay.next()
        entries[errand.key]?.delay = delay
    }

    /// Makes the ends that wait due at `now`.
    mutating func hurry(at now: Uptime) {
        for (key, entry) in entries where entry.dueAt != nil { entries[key]?.dueAt = now }
    }
}

/// How far this process is with a job that it works on itself.
public enum JobWork: Sendable {
    case goesOn
    /// The work is over, and that is not stored yet.
    case ended(JobReport)
}
