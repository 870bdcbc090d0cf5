import CPostgres
import Events

/// What a statement gave: its rows, in PostgreSQL's binary format. For one thread.
final class Rows {
    private let raw: OpaquePointer
    let count: Int

    /// - Parameter raw: libpq's result, which is freed with this.
    init(_ raw: OpaquePointer) {
        self.raw = raw
        count = Int(cpq_ntuples(raw))
    }

    deinit { cpq_clear(raw) }

    /// The rows that the statement changed.
    var changed: Int { Int(String(cString: cpq_cmdTuples(raw))) ?? 0 }

    func isNull(_ row: Int, _ column: Int) -> Bool { cpq_getisnull(raw, Int32(row), Int32(column)) == 1 }

    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: cpq_getvalue(raw, Int32(row), Int32(column)),
            count: Int(cpq_getlength(raw, Int32(row), Int32(column))))
    }
}

/// Reads one row strictly: a value that this program never writes is an error, and never traps.
struct RowReader {
    /// The highest number of an event, task, job or version: 2⁵³ − 1.
    static let highest = (1 << 53) - 1

    let rows: Rows
    let row: Int
    let table: String

    private func isNull(_ column: Int) -> Bool { rows.isNull(row, column) }

    /// 1 or more, unless `range` says otherwise.
    func int(_ column: Int, in range: ClosedRange<Int> = 1...highest) throws(PostgresError) -> Int {
        let bytes = rows.bytes(row, column)
        guard !isNull(column), bytes.count == 8 else { throw .unreadable(table: table) }
        let value = Int(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        guard range ~= value else { throw .unreadable(table: table) }
        return value
    }

    func text(_ column: Int) throws(PostgresError) -> String {
        guard !isNull(column), let text = String(validating: rows.bytes(row, column), as: UTF8.self) else {
            throw .unreadable(table: table)
        }
        return text
    }

    func textIfAny(_ column: Int) throws(PostgresError) -> String? { isNull(column) ? nil : try text(column) }

    func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
        guard !isNull(column) else { throw .unreadable(table: table) }
        return [UInt8](rows.bytes(row, column))
    }

    func bytesIfAny(_ column: Int) throws(PostgresError) -> [UInt8]? { isNull(column) ? nil : try bytes(column) }

    func time(_ column: Int) throws(PostgresError) -> Timestamp {
        Timestamp(milliseconds: try int(column, in: Timestamp.writable))
    }

    func timeIfAny(_ column: Int) throws(PostgresError) -> Timestamp? { isNull(column) ? nil : try time(column) }

    /// A value that `make` reads from a text.
    func value<Value>(_ column: Int, _ make: (String) -> Value?) throws(PostgresError) -> Value {
        guard let value = make(try text(column)) else { throw .unreadable(table: table) }
        return value
    }

    func valueIfAny<Value>(_ column: Int, _ make: (String) -> Value?) throws(PostgresError) -> Value? {
        isNull(column) ? nil : try value(column, make)
    }

    func epoch(_ column: Int, from lowest: Int = 0) throws(PostgresError) -> Epoch {
        Epoch(rawValue: UInt32(try int(column, in: lowest...Int(UInt32.max))))
    }
}

extension Rows {
    func reader(_ row: Int, of table: String) -> RowReader { RowReader(rows: self, row: row, table: table) }

    func map<Value>(
        of table: String, _ read: (RowReader) throws(PostgresError) -> Value
    ) throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for row in 0..<count { values.append(try read(reader(row, of: table))) }
        return values
    }

    /// What `read` makes of the first row; nil when there is none.
    func first<Value>(
        of table: String, _ read: (RowReader) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value? {
        count == 0 ? nil : try read(reader(0, of: table))
    }
}
