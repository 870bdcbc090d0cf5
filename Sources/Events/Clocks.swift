import Glibc

extension Timestamp {
    /// The machine's clock on the wall, `CLOCK_REALTIME`.
    public static func now() -> Timestamp {
        let (seconds, nanoseconds) = read(CLOCK_REALTIME)
        return Timestamp(milliseconds: seconds * 1000 + nanoseconds / 1_000_000)
    }
}

extension Uptime {
    /// The machine's clock that only goes forward, `CLOCK_MONOTONIC`. It stands still while the machine sleeps.
    public static func now() -> Uptime { Uptime(CLOCK_MONOTONIC) }

    /// The same, but it goes on while the machine sleeps, `CLOCK_BOOTTIME`: for ages. Never to be compared with the
    /// other.
    public static func nowWithSleep() -> Uptime { Uptime(CLOCK_BOOTTIME) }

    private init(_ clock: clockid_t) {
        let (seconds, nanoseconds) = read(clock)
        self.init(nanoseconds: Int64(seconds) * 1_000_000_000 + Int64(nanoseconds))
    }
}

private func read(_ clock: clockid_t) -> (seconds: Int, nanoseconds: Int) {
    var time = timespec()
    clock_gettime(clock, &time)
    return (time.tv_sec, time.tv_nsec)
}
