public import Boards

/// Why an import can't begin.
public enum ImportError: Error, Equatable {
    /// As many imports of the tenant run as may.
    case tenantIsBusy(limit: Int)
    /// The files that are being imported hold as much memory as they may.
    case noRoom
    /// The import ended before its last row so often that it is not continued once more.
    case begunTooOften(times: Int)
    /// By the store.
    case refused(BoardError)
}
