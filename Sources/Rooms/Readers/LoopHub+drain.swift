import Events
public import NIOCore

/// Shutdown without a reconnect storm: streams end a few at a time, and each client is sent its own time to reconnect.
extension LoopHub {
    /// Ends every stream of this loop within the first half of `window` milliseconds. Thread-safe.
    public func drainAll(over window: Int) -> EventLoopFuture<Void> {
        let done = loop.makePromise(of: Void.self)
        loop.execute { [self] in
            let turns = max(1, window / 2 / Self.drainTurn)
            drain(over: window, atOnce: max(Self.leastDrained, (connections + turns - 1) / turns), done)
        }
        return done.futureResult
    }

    private func drain(over window: Int, atOnce: Int, _ done: EventLoopPromise<Void>) {
        let turns = connections / atOnce
        for reader in Array(all.prefix(atOnce)) { reader.drain(over: window, soonest: turns * Self.drainTurn) }
        guard connections > 0 else { return done.succeed() }
        loop.scheduleTask(in: .milliseconds(Int64(Self.drainTurn))) { [self] in
            drain(over: window, atOnce: atOnce, done)
        }
    }

    /// Milliseconds between two batches, and the least number of streams in one.
    private static let drainTurn = 20
    private static let leastDrained = 64
}
