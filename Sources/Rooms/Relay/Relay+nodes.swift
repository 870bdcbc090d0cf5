public import Events
import NIOCore
import Synchronization

/// What a node of several needs beside what it hears of the log.
extension Relay {
    /// Admits nobody until ``rejoin()``, and ends all streams: each client is told to come back, at a time of its own
    /// within `window`, to whichever node it then finds.
    public func isolate(over window: Duration) async {
        state.withLock { $0.isIsolated = true }
        for hub in hubs {
            var isMore = true
            while isMore {
                let ended = try? await hub.loop.submit { hub.end(Self.endedAtOnce, over: window) }.get()
                isMore = ended == Self.endedAtOnce
            }
        }
    }

    public func rejoin() { state.withLock { $0.isIsolated = false } }
    public var isIsolated: Bool { state.withLock { $0.isIsolated } }

    private static let endedAtOnce = 256

    /// Replaces the numbers of connections that tenants have on other nodes, which count towards their limits.
    public func count(elsewhere connections: [TenantID: Int]) {
        state.withLock { $0.elsewhere = connections }
    }

    /// The tenants that have connections here, and how many.
    public var connectionsByTenant: [TenantID: Int] {
        state.withLock { $0.memories.compactMapValues { $0.connections > 0 ? $0.connections : nil } }
    }
}

extension LoopHub {
    fileprivate func end(_ count: Int, over window: Duration) -> Int {
        let due = Array(all.prefix(count))
        for reader in due { reader.drain(over: window) }
        return due.count
    }
}
