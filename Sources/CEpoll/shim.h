// epoll(7), eventfd(2) and accept4(2), which Swift's Glibc module leaves out.
#pragma once
#include <errno.h>
#include <linux/time_types.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// unistd.h declares it only with macros that change other modules' types.
extern long syscall(long number, ...);

static inline int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int cepoll_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline int cepoll_control(int poll, int operation, int descriptor, unsigned events, unsigned long long data) {
    struct epoll_event event;
    event.events = events;
    event.data.u64 = data;
    return epoll_ctl(poll, operation, descriptor, &event);
}

// Waits for at most `nanoseconds`; below 0: without end.
static inline int cepoll_wait(int poll, struct epoll_event *events, int count, long long nanoseconds) {
    if (nanoseconds < 0) return epoll_wait(poll, events, count, -1);
    if (nanoseconds == 0) return epoll_wait(poll, events, count, 0);
    struct __kernel_timespec time = {nanoseconds / 1000000000LL, nanoseconds % 1000000000LL};
    int found = (int)syscall(SYS_epoll_pwait2, poll, events, count, &time, 0, 0);
    // Linux before 5.11 knows milliseconds alone.
    if (found < 0 && errno == ENOSYS) return epoll_wait(poll, events, count, (int)((nanoseconds + 999999) / 1000000));
    return found;
}

static inline unsigned long long cepoll_data(const struct epoll_event *events, int index) { return events[index].data.u64; }
static inline unsigned cepoll_events(const struct epoll_event *events, int index) { return events[index].events; }

static inline int cepoll_accept(int listener) { return (int)syscall(SYS_accept4, listener, 0, 0, EPOLL_CLOEXEC | EFD_NONBLOCK); }

// The calling thread's name and its priority among threads: 0 is the usual one, 19 the lowest.
static inline void cepoll_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline void cepoll_nice_thread(int niceness) { syscall(SYS_setpriority, 0, syscall(SYS_gettid), niceness); }
