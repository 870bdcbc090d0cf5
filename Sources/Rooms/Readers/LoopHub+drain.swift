import Events
public import NIOCore
import Text

/// Shutdown without a reconnect storm: streams end a few at a time, and each client is sent its own time to reconnect.
extension LoopHub {
    /// Ends every stream of this loop within the first half of `window`; from any thread.
    public func drainAll(over window: Duration) -> EventLoopFuture<Void> {
        let done = loop.makePromise(of: Void.self)
        loop.execute { [self] in
            let turns = max(1, (window / 2).wholeMilliseconds / Self.drainTurn.wholeMilliseconds)
            drain(over: window, atOnce: max(Self.leastDrained, (connections + turns - 1) / turns), done)
        }
        return done.futureResult
    }

    private func drain(over window: Duration, atOnce: Int, _ done: EventLoopPromise<Void>) {
        let turns = connections / atOnce
        for reader in Array(all.prefix(atOnce)) { reader.drain(over: window, soonest: Self.drainTurn * turns) }
        guard connections > 0 else { return done.succeed() }
        loop.scheduleTask(in: TimeAmount(Self.drainTurn)) { [self] in
            drain(over: window, atOnce: atOnce, done)
        }
    }

    /// The time between two lots, and how many streams are in one at least.
    private static let drainTurn = Duration.milliseconds(20)
    private static let leastDrained = 64
}
