import Foundation
import GRDB

extension Database {
    /// Runs a statement that stays prepared for the next time.
    ///
    /// - Parameter values: exactly as many as `sql` has question marks.
    func run(_ sql: String, _ values: (any DatabaseValueConvertible)?...) throws {
        let statement = try statement(sql, values)
        try statement.execute()
    }

    func first<Value>(_ sql: String, _ values: (any DatabaseValueConvertible)?..., read: (Row) throws -> Value) throws
        -> Value?
    {
        let statement = try statement(sql, values)
        let rows = try Row.fetchCursor(statement)
        // A row is valid only while its cursor exists.
        return try withExtendedLifetime(rows) { try rows.next().map(read) }
    }

    func all<Value>(_ sql: String, _ values: (any DatabaseValueConvertible)?..., read: (Row) throws -> Value) throws
        -> [Value]
    {
        let statement = try statement(sql, values)
        let rows = try Row.fetchCursor(statement)
        var result: [Value] = []
        while let row = try rows.next() { result.append(try read(row)) }
        return result
    }

    /// The statement, which stays prepared for the next time, with `values` bound to it.
    ///
    /// They are bound one by one: GRDB's `StatementArguments` would make a value of its own of each, and keep them all.
    /// It is given none, so that it takes the statement as it is.
    private func statement(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Statement {
        let statement = try cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments())
        for (index, value) in values.enumerated() {
            guard let value else { continue }  // what is not bound is null
            let code = value.bind(to: statement.sqliteStatement, at: CInt(index + 1))
            guard code == ResultCode.SQLITE_OK.rawValue else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
        }
        return statement
    }

    /// Calls `body` for each row.
    func forEach(_ sql: String, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(self, sql: sql)
        while let row = try rows.next() { try body(row) }
    }
}

extension Row {
    func bytes(_ index: Int) throws -> [UInt8] { try withUnsafeData(atIndex: index) { $0.map(Array.init) ?? [] } }
}
