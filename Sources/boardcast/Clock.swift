import Glibc

/// The clocks of the machine.
enum Clock {
    /// Nanoseconds that only go forward.
    static let uptime: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Milliseconds since 1970.
    static let milliseconds: @Sendable () -> Int = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

/// The process's limit of open files, of which every connection takes one.
enum OpenFiles {
    /// Raises it as far as the system lets us; the limit as it is then.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return Int(clamping: isRaised ? limit.rlim_cur : before)
    }
}

/// Where the server can be reached, as a URL without a path.
struct ListeningAddress: CustomStringConvertible {
    let description: String

    init(_ host: String, port: Int) {
        description = host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
