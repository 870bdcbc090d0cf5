import Boards
import Events
import GRDB

extension StoreFailure {
    /// Classifies a failure of the database. It carries SQLite's result code and message, never SQL or values.
    init(_ error: any Error) {
        switch error {
        case let error as StoreFailure: self = error
        case let error as DatabaseError: self.init(error)
        case let error as UnreadableRow: self = .broken(error.description)
        case is CancellationError: self = .cancelled
        default: self = .broken("\(type(of: error))")
        }
    }

    private init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(retryAfter: .seconds(1))
        case .SQLITE_MISUSE: self = .closed
        default:
            // The code's own description may be the message.
            let code = error.extendedResultCode
            self = .broken("SQLite failed with \(code.rawValue) (\(code)): \(error.message ?? "no message")")
        }
    }
}

extension BoardError {
    init(storage error: any Error) { self = error as? BoardError ?? .failed(StoreFailure(error)) }

    /// Nil for a refusal.
    var failure: StoreFailure? { if case .failed(let failure) = self { failure } else { nil } }
}

/// Converts any error that `body` throws to a ``Boards/BoardError``.
func storing<Value>(_ body: () throws -> Value) throws(BoardError) -> Value {
    do { return try body() } catch { throw BoardError(storage: error) }
}
