import Glibc

extension Timestamp {
    /// The machine's clock on the wall, `CLOCK_REALTIME`.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }
}

extension Uptime {
    /// The machine's clock that only goes forward, `CLOCK_MONOTONIC`. It stands still while the machine sleeps.
    public static func now() -> Uptime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Uptime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
