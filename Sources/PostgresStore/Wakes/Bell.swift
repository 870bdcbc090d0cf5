import Glibc

/// Wakes a thread that waits in `poll(2)`. Rings that come before it looks are one.
final class Bell: Sendable {
    /// Readable from the first ring until ``silence()``.
    let descriptor: Int32
    private let end: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without descriptors the thread wakes by its deadlines alone.
        if pipe(&ends) != 0 { ends = [-1, -1] }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (descriptor, end) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(end)
    }

    func ring() {
        var byte: UInt8 = 1
        _ = write(end, &byte, 1)
    }

    func silence() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }

    /// Waits for a ring, `time` at most.
    func wait(_ time: Duration) {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&waited, 1, Int32(clamping: Int(time / .milliseconds(1)) + 1))
        silence()
    }
}
