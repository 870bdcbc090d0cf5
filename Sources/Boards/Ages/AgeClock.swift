public import Events

/// How old things are, whatever becomes of the clock on the wall.
///
/// What is written bears the time on the wall, and what is too old is deleted, which nothing can undo. So the
/// difference of two times on the wall is not an age: the age is how long the clock that only goes forward has run
/// since. As long as the two clocks agree, to within ``tolerance``, they are in one *stretch*; where the wall was set,
/// the next begins. ``cutoff(_:)`` goes back by the one clock and finds the time that was on the wall then.
///
/// It lives on over restarts, with its owner's help. How long the process was not there only the wall can say: of that,
/// ``longestAbsence`` is believed, and the rest does not count, so that what was to live a day outlives a start with a
/// wrong clock, and what a long rest kept too long is gone one retention later.
///
/// A value that knows no clock: its owner passes the times.
public struct AgeClock: Sendable, Equatable {
    /// A time in which both clocks agreed.
    public struct Stretch: Sendable, Equatable {
        /// By this clock, and on the wall.
        public let start: Duration
        public let wall: Timestamp

        public init(start: Duration, wall: Timestamp) {
            self.start = start
            self.wall = wall
        }
    }

    /// What has to be kept to go on after a restart.
    public struct Memory: Sendable, Equatable {
        /// How long it has run, and the time on the wall then.
        public let time: Duration
        public let wall: Timestamp
        /// Oldest first, one at least.
        public let stretches: [Stretch]

        /// Nil unless there is a stretch, and each begins within the time, not before the one before it.
        public init?(time: Duration, wall: Timestamp, stretches: [Stretch]) {
            let starts = stretches.map(\.start)
            guard starts.first.map({ $0 >= .zero }) == true, starts == starts.sorted(), starts[starts.count - 1] <= time
            else { return nil }
            self.init(checked: time, wall, stretches)
        }

        /// One that begins now, and takes all times on the wall as they are.
        public init(beginning wall: Timestamp) { self.init(checked: .zero, wall, [Stretch(start: .zero, wall: wall)]) }

        /// One that begins now, and knows the age of nothing that was before: it is as if all of it were new.
        public init(unknownBefore wall: Timestamp) {
            let stretches = [Timestamp.distantPast, wall].map { Stretch(start: .zero, wall: $0) }
            self.init(checked: .zero, wall, stretches)
        }

        fileprivate init(checked time: Duration, _ wall: Timestamp, _ stretches: [Stretch]) {
            self.time = time
            self.wall = wall
            self.stretches = stretches
        }
    }

    /// How far the wall may move against the other clock within one stretch.
    public static let tolerance = Duration.seconds(60)
    /// The longest time between two runs of the process that counts.
    public static let longestAbsence = Duration.seconds(12 * 3600)
    /// Stretches remembered at most. Nothing is too old that was written before the second of so many began.
    static let most = 16

    public private(set) var memory: Memory
    /// By how much more or less than the other clock the wall seems to have run between two processes, when that is
    /// more than can be believed. More may be a long rest, or a wrong clock.
    public private(set) var stepAtStart: Duration?
    private var uptime: Uptime
    private let longest: Duration

    /// - Parameters:
    ///   - memory: of the process before; nil in a new database, where all times on the wall are taken as they are.
    ///   - uptime: any clock that only goes forward.
    ///   - longest: the highest age that is ever asked about.
    public init(_ memory: Memory?, wall: Timestamp, uptime: Uptime, longest: Duration) {
        self.memory = memory ?? Memory(beginning: wall)
        self.uptime = uptime
        self.longest = longest
        guard let memory else { return }
        let absence = min(max(.zero, wall - memory.wall), Self.longestAbsence)
        stepAtStart = go(on: absence, wall: wall, from: Stretch(start: memory.time + absence, wall: wall))
    }

    /// The time on the wall when it was last read.
    public var wall: Timestamp { memory.wall }

    /// Goes on to now.
    ///
    /// - Returns: by how much the wall was set, when it was; each time once.
    public mutating func advance(wall: Timestamp, uptime: Uptime) -> Duration? {
        let passed = max(.zero, uptime - self.uptime)
        self.uptime = max(uptime, self.uptime)
        // As early as it can have been set, so that nothing written since counts as older than it is.
        return go(on: passed, wall: wall, from: Stretch(start: memory.time, wall: wall - passed))
    }

    /// - Parameter next: the stretch that begins if the wall was set.
    private mutating func go(on passed: Duration, wall: Timestamp, from next: Stretch) -> Duration? {
        let time = memory.time + passed
        var stretches = memory.stretches
        let expected = stretches.last.map { $0.wall + (time - $0.start) } ?? .distantPast
        let step = wall - expected
        let isStep = !(.zero - Self.tolerance...Self.tolerance ~= step)
        if isStep { stretches.append(next) }
        while stretches.count > 1, stretches[1].start <= time - longest { stretches.removeFirst() }
        if stretches.count > Self.most {
            stretches.removeFirst()
            stretches[0] = Stretch(start: stretches[0].start, wall: .distantPast)
        }
        memory = Memory(checked: time, wall, stretches)
        return isStep ? step : nil
    }

    /// What was written before this time on the wall is more than `age` old.
    ///
    /// The reverse does not hold: what was written while the wall was ahead of what it became counts as younger than it
    /// is.
    public func cutoff(_ age: Duration) -> Timestamp {
        let then = memory.time - age
        let later = memory.stretches.drop { $0.start <= then }
        let own = memory.stretches.dropLast(later.count).last ?? memory.stretches[0]
        return later.reduce(own.wall + (then - own.start)) { min($0, $1.wall) }
    }
}
