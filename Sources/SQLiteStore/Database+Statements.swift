import Boards
import Foundation
import GRDB

extension Database {
    /// Runs a statement that stays prepared for the next time.
    ///
    /// - Parameter values: exactly as many as `sql` has question marks.
    func run(_ sql: String, _ values: (any DatabaseValueConvertible)?...) throws {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        try statement.execute()
    }

    func first<Value>(_ sql: String, _ values: (any DatabaseValueConvertible)?..., read: (Row) throws -> Value) throws
        -> Value?
    {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        let rows = try Row.fetchCursor(statement)
        // A row is gone with its cursor.
        return try withExtendedLifetime(rows) { try rows.next().map(read) }
    }

    func all<Value>(_ sql: String, _ values: (any DatabaseValueConvertible)?..., read: (Row) throws -> Value) throws
        -> [Value]
    {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(values))
        let rows = try Row.fetchCursor(statement)
        var result: [Value] = []
        while let row = try rows.next() { result.append(try read(row)) }
        return result
    }
}

extension Row {
    func bytes(_ index: Int) throws -> [UInt8] { try withUnsafeData(atIndex: index) { $0.map(Array.init) ?? [] } }
}

/// A row that says what no row of ours can say; the file was changed by someone else, or is damaged.
struct UnreadableRow: Error {
    let table: String
}

extension BoardError {
    /// What a failure of the database means to a caller. Names the failure only: SQL and values stay here.
    init(storage error: any Error) {
        switch error {
        case let error as BoardError: self = error
        case let error as DatabaseError: self.init(code: error.extendedResultCode)
        case let error as UnreadableRow: self = .storage("a row of \(error.table) can't be read")
        case is CancellationError: self = .storage("the reader was cancelled")
        default: self = .storage("\(type(of: error))")
        }
    }

    private init(code: ResultCode) {
        switch code.primaryResultCode {
        case .SQLITE_FULL: self = .storageFull
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(retryAfter: .seconds(1))
        case .SQLITE_MISUSE: self = .closed
        default: self = .storage("SQLite failed with \(code)")
        }
    }
}

/// Gives whatever `body` throws as a ``Boards/BoardError``.
func storing<Value>(_ body: () throws -> Value) throws(BoardError) -> Value {
    do { return try body() } catch { throw BoardError(storage: error) }
}
