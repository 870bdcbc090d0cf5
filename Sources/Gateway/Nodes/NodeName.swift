import Boards
import Synchronization

/// The id that this node has now.
final class NodeName: Sendable {
    private let current = Mutex(NodeID.random())

    var id: NodeID { current.withLock { $0 } }

    /// Takes another one.
    ///
    /// - Returns: the one before.
    func renew() -> NodeID {
        current.withLock { current in
            defer { current = .random() }
            return current
        }
    }
}
