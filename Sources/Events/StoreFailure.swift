/// Why a store could not do its work. No refusal: nothing was wrong with what was asked.
public enum StoreFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Too much is waiting, or the database is held by another process; worth trying again.
    case busy(retryAfter: Duration)
    /// The disk is full; reading goes on.
    case full
    /// The store was closed.
    case closed
    /// The database's files were removed or replaced while it is open. The store has logged which.
    case lost
    /// The database's server can't be reached, or did not answer in time. Nothing was acknowledged; what was being
    /// committed may have been done, and is announced if it was.
    case unreachable(retryAfter: Duration)
    /// Whoever asked has gone, and the read was given up.
    case cancelled
    /// The store failed in a way that a caller can't mend. Names the failure, never SQL or what was written.
    case broken(String)

    /// Whether an operator has to hear of it: something is wrong with the machine, not with the moment.
    public var isFault: Bool {
        switch self {
        case .full, .unreachable, .broken: true
        case .busy, .closed, .lost, .cancelled: false
        }
    }

    public var description: String {
        switch self {
        case .busy: "the store is busy"
        case .full: "the disk is full"
        case .closed: "the store is closed"
        case .lost: "the database's files are gone"
        case .unreachable: "the database can't be reached"
        case .cancelled: "the read was cancelled"
        case .broken(let failure): failure
        }
    }
}
