public import Boards
import Events

/// How this gateway is one of several on one database.
public struct NodeSettings: Sendable {
    /// What the nodes of the database tell each other by.
    public let store: any NodeStore
    /// What operators call this one.
    public let name: String
    /// After so long without the database, streams are ended and nobody is admitted.
    public let isolation: Duration
    /// Where it listens, for operators, once its port is known.
    let address: @Sendable (_ port: Int?) -> String

    public init(
        store: any NodeStore, name: String, isolation: Duration = .seconds(5),
        address: @escaping @Sendable (_ port: Int?) -> String
    ) {
        (self.store, self.name, self.isolation, self.address) = (store, name, isolation, address)
    }
}
