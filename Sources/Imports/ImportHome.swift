public import Events

/// A gateway among several that run imports on one store. Each import's job says which one works on it.
public struct ImportHome: Sendable {
    let own: @Sendable () -> String
    let members: @Sendable () async throws(StoreFailure) -> Set<String>

    /// - Parameters:
    ///   - own: the name of this gateway, which no other has or had.
    ///   - members: the names of those that are there now.
    public init(
        own: @escaping @Sendable () -> String,
        members: @escaping @Sendable () async throws(StoreFailure) -> Set<String>
    ) {
        (self.own, self.members) = (own, members)
    }
}
