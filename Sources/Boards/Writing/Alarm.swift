import Events
import Glibc

/// Wakes the one thread that waits for it, by the clock that only goes forward.
///
/// Dispatch's semaphores wait until a time on the wall: set back by an hour, it would make a wait of a minute one of an
/// hour. Each ``ring()`` ends one wait; one that comes before it does so at once.
///
/// `@unchecked Sendable`: what it holds is touched under its own mutex.
package final class Alarm: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var rings = 0

    package init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func ring() {
        pthread_mutex_lock(mutex)
        rings += 1
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(condition)
    }

    /// Waits for a ring.
    package func wait() { _ = wait(until: .never) }

    /// - Returns: false when none came within `time`.
    package func wait(_ time: Duration) -> Bool { wait(until: Uptime.now() + time) }

    private func wait(until end: Uptime) -> Bool {
        var deadline = timespec(
            tv_sec: Int(end.nanoseconds / 1_000_000_000), tv_nsec: Int(end.nanoseconds % 1_000_000_000))
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while rings == 0 {
            if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return false }
        }
        rings -= 1
        return true
    }
}
