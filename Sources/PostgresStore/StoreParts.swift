import Boards
import Events
import Logging
import Synchronization

extension WorkLog {
    /// Logs what became of a commit that the database did not answer.
    func settled(isCommitted: Bool, events: Int) {
        logger.notice(
            "a commit that was not answered is settled",
            metadata: ["committed": "\(isCommitted)", "events": "\(events)"])
    }
}

/// The age clock of a store, for all its threads.
final class StoreClock: Sendable {
    private let ages: Mutex<AgeClock>
    private let now: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Uptime
    private let log: WorkLog

    init(
        _ memory: AgeClock.Memory?, longest: Duration, log: WorkLog, now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Uptime
    ) {
        let clock = AgeClock(memory, wall: now(), uptime: uptime(), longest: longest)
        if let step = clock.stepAtStart { log.clockSet(by: step, atStart: true) }
        ages = Mutex(clock)
        (self.now, self.uptime, self.log) = (now, uptime, log)
    }

    /// The clock, gone on to now.
    var current: AgeClock {
        let (ages, step) = ages.withLock { ages in
            let step = ages.advance(wall: now(), uptime: uptime())
            return (ages, step)
        }
        if let step { log.clockSet(by: step) }
        return ages
    }

    func cutoff(_ age: Duration) -> Timestamp { current.cutoff(age) }
}

/// Announces what was committed, from one thread at a time.
final class Announcer: Sendable {
    private let turn = Mutex(())
    private let body: @Sendable ([Event]) -> Void

    init(_ body: @escaping @Sendable ([Event]) -> Void) { self.body = body }

    func announce(_ events: [Event]) { turn.withLock { _ in body(events) } }
}

/// The counters of all writers.
final class SharedCounters: Sendable {
    private let counters = Mutex(WriterCounters())

    var current: WriterCounters { counters.withLock { $0 } }

    func add(
        _ results: [Result<Commit<Written>, BoardError>], _ events: [Event], _ time: Duration, hasFailed: Bool
    ) {
        counters.withLock { $0.add(results, events, time, hasFailed: hasFailed, late: 0) }
    }
}

/// The runs of the log that are known here, in their order. Other nodes begin some, too.
final class KnownRuns: Sendable {
    private let known: Mutex<[Run]>

    /// - Parameter runs: one at least.
    init(_ runs: [Run]) { known = Mutex(runs) }

    var all: [Run] { known.withLock { $0 } }
    var newest: Run { known.withLock { $0[$0.count - 1] } }

    /// Takes in a run that began after all others, once that is committed.
    func note(_ run: Run) {
        known.withLock { runs in
            guard runs[runs.count - 1] != run else { return }
            // Those that were lost with the life before have numbers that are given again.
            runs.removeAll { $0.number >= run.number }
            runs.append(run)
        }
    }

    func replace(_ runs: [Run]) { known.withLock { if !runs.isEmpty { $0 = runs } } }
}
