// Tells ThreadSanitizer of the two moments at which Synchronization.Mutex changes hands out of its sight: under contention
// on Linux that happens in the Swift runtime, which is not built with the sanitizer, and all that the lock guards would be
// called a race. Linked into what is built for it, these are called in the place of the runtime's own, and call them.
// https://github.com/swiftlang/swift: stdlib/public/Synchronization/Mutex/LinuxImpl.swift
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

SWIFT void lock_slow(uint32_t owner, SELF) __asm__(LOCK);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t owner, SELF) {
    SWIFT void (*const runtime)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    runtime(owner, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT void unlock_slow(SELF) {
    SWIFT void (*const runtime)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(self);
    runtime(self);
}
