public import Boards

/// Why an import can't begin.
public enum ImportError: Error, Equatable {
    /// The tenant is at its limit of running imports.
    case tenantIsBusy(limit: Int)
    /// The files of all running imports are at the limit of memory.
    case noRoom
    /// The import was interrupted too often and is not continued again.
    case begunTooOften(times: Int)
    /// The store refused a write or a read.
    case refused(BoardError)
}
