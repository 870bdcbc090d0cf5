public import Events

/// Why the store can't do a piece of its work, by the few names that the log and the health checks have for it.
public enum FailureReason: String, Sendable, CaseIterable {
    case diskFull = "disk_full"
    /// Another process holds the database.
    case locked
    /// More writes wait than may.
    case queueFull = "queue_full"
    /// The database's server can't be reached.
    case unreachable
    /// The database or its file system failed.
    case storage

    /// - Parameter failure: `busy` is taken for a database that is locked.
    public init(_ failure: StoreFailure) {
        self =
            switch failure {
            case .full: .diskFull
            case .busy: .locked
            case .unreachable: .unreachable
            case .broken, .closed, .lost, .cancelled: .storage
            }
    }

    /// What it says to a person. Names nothing of this installation.
    public var words: String {
        switch self {
        case .diskFull: "the disk is full"
        case .locked: "another process holds the database"
        case .queueFull: "too many writes are waiting"
        case .unreachable: "the database can't be reached"
        case .storage: "the store fails; the log says with what"
        }
    }
}
