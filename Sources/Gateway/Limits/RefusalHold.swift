import Synchronization
import Text

/// Delays refusals for a moment, so that a client that ignores them is answered at a limited pace.
///
/// Without it a tenant's flood of refused writes takes the processor that its neighbours' writes need. At most
/// ``limit`` are delayed at the same time; further ones are answered at once.
final class RefusalHold: Sendable {
    static let limit = 4096

    let pause: ClosedRange<Duration>
    private let held = Mutex(0)

    /// - Parameter pause: each refusal waits a random time within it, so that clients do not come back together.
    init(for pause: ClosedRange<Duration> = .milliseconds(50) ... .milliseconds(150)) { self.pause = pause }

    var waiting: Int { held.withLock { $0 } }

    /// Returns after the pause; at once when ``limit`` callers are waiting, or when the caller is cancelled.
    func wait() async {
        let isHeld = held.withLock { held in
            guard held < Self.limit else { return false }
            held += 1
            return true
        }
        guard isHeld else { return }
        defer { held.withLock { $0 -= 1 } }
        // A cancelled wait simply ends: the client has left, or the gateway is shutting down.
        let time = Int64.random(in: pause.lowerBound.wholeNanoseconds...pause.upperBound.wholeNanoseconds)
        try? await Task.sleep(for: .nanoseconds(time))
    }
}
