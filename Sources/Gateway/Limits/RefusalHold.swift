import Synchronization

/// Keeps refusals back for a moment, so that a client that ignores them is answered at a pace, not as fast as it asks.
///
/// Without it a tenant's flood of refused writes takes the processor that its neighbours' writes need. At most
/// ``limit`` are kept back at once; any beyond are answered at once.
final class RefusalHold: Sendable {
    static let limit = 4096

    private let pause: ClosedRange<Int>
    private let held = Mutex(0)

    /// - Parameter pause: milliseconds; each waits a time of its own within it, lest all come back together.
    init(for pause: ClosedRange<Int> = 50...150) { self.pause = pause }

    var waiting: Int { held.withLock { $0 } }

    /// Returns after the pause; at once when as many as may be are waiting, or when the caller is cancelled.
    func wait() async {
        let isHeld = held.withLock { held in
            guard held < Self.limit else { return false }
            held += 1
            return true
        }
        guard isHeld else { return }
        defer { held.withLock { $0 -= 1 } }
        // A cancelled wait is over: the client has gone, or the gateway is going down.
        try? await Task.sleep(for: .milliseconds(Int.random(in: pause)))
    }
}
