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
        // A row is valid only while its cursor exists.
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

    /// Calls `body` for each row.
    func forEach(_ sql: String, _ body: (Row) throws -> Void) throws {
        let rows = try Row.fetchCursor(self, sql: sql)
        while let row = try rows.next() { try body(row) }
    }
}

extension Row {
    func bytes(_ index: Int) throws -> [UInt8] { try withUnsafeData(atIndex: index) { $0.map(Array.init) ?? [] } }
}
