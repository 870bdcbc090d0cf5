import HeapModule

/// Work that is due at a time, on one loop.
struct LoopTimers {
    private struct Timer: Comparable {
        let due: UInt64
        let number: UInt64

        static func < (one: Timer, other: Timer) -> Bool { (one.due, one.number) < (other.due, other.number) }
    }

    private var timers = Heap<Timer>()
    /// Of a timer that was cancelled there is none.
    private var works: [UInt64: () -> Void] = [:]

    /// - Parameters:
    ///   - due: nanoseconds of the loop's clock.
    ///   - number: names it for ``cancel(_:)``, and orders those that are due at the same time.
    mutating func add(_ number: UInt64, due: UInt64, _ work: @escaping () -> Void) {
        timers.insert(Timer(due: due, number: number))
        works[number] = work
    }

    mutating func cancel(_ number: UInt64) {
        guard works.removeValue(forKey: number) != nil, works.isEmpty else { return }
        timers = Heap()
    }

    /// When the next is due.
    var next: UInt64? { timers.min?.due }

    /// Takes out what is due at `now`.
    mutating func takeDue(at now: UInt64) -> [() -> Void] {
        var due: [() -> Void] = []
        while let first = timers.min, first.due <= now {
            timers.removeMin()
            if let work = works.removeValue(forKey: first.number) { due.append(work) }
        }
        return due
    }
}
