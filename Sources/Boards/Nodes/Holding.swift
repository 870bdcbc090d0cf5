public import Events

/// Something that a node has and the others must know of, in few words: how many connections a tenant has there, or that
/// a user is present there.
public struct Holding: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The connections of the tenant.
        case connections
        /// A user who asked for one board by name, or, with nil, for every board.
        case stay(UserID, BoardID?)
    }

    public let tenant: TenantID
    public let kind: Kind

    public init(_ kind: Kind, of tenant: TenantID) { (self.kind, self.tenant) = (kind, tenant) }
}

/// That a node has so much of something now; 0 for what is gone.
///
/// Each node numbers its own changes, so that another reads on from the one that it knows.
public struct HoldingChange: Sendable, Equatable {
    public let holding: Holding
    public let count: Int
    public let number: Int

    public init(_ holding: Holding, count: Int, number: Int) {
        (self.holding, self.count, self.number) = (holding, count, number)
    }
}

/// How far a node has read what another one has.
public struct HoldingPlace: Sendable, Equatable {
    /// The number of the last change.
    public var number: Int
    /// Changes up to here are complete only as a whole: who has read less begins anew.
    public var base: Int

    public init(number: Int = 0, base: Int = -1) { (self.number, self.base) = (number, base) }

    /// Whether one who is here has to forget what it knows and read everything, now that the base is `base`.
    public func isVoid(at base: Int) -> Bool { base > self.base && base > number }
}
