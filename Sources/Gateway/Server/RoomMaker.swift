import NIOCore
import Synchronization

/// Has idle connections closed while a listener waits for room, on one loop after the other. Safe to use from any thread.
final class RoomMaker: Sendable {
    private let connections: OpenConnections
    private let watches: [RequestWatch]
    private let turn = Atomic(0)

    init(_ connections: OpenConnections, watches: [RequestWatch]) {
        self.connections = connections
        self.watches = watches
    }

    /// Asks the loops, a different one first each time, until enough connections have given way.
    func make() { make(from: turn.wrappingAdd(1, ordering: .relaxed).oldValue, left: watches.count) }

    private func make(from first: Int, left: Int) {
        guard left > 0 else { return }
        let watch = watches[first % watches.count]
        watch.loop.execute {
            guard self.connections.isAwaited else { return }
            watch.makeRoom()
            self.make(from: first &+ 1, left: left - 1)
        }
    }
}
