import Events
import GRDB

/// Reads one row of a table strictly: a value that this program never writes throws ``UnreadableRow``, and never traps.
///
/// Numbers are bounded so that counting on from them cannot overflow, and so that JavaScript represents them exactly.
struct RowReader {
    /// The highest number of an event, task, job or version: 2⁵³ − 1.
    static let highest = (1 << 53) - 1

    let row: Row
    let table: String

    init(_ row: Row, of table: String) {
        self.row = row
        self.table = table
    }

    /// 1 or more, unless `range` says otherwise.
    func int(_ index: Int, in range: ClosedRange<Int> = 1...highest) throws(UnreadableRow) -> Int {
        guard let value = try? row.decode(Int.self, atIndex: index) else { throw unreadable(index, "is missing") }
        guard range ~= value else { throw unreadable(index, "is out of range") }
        return value
    }

    func time(_ index: Int) throws(UnreadableRow) -> Timestamp {
        Timestamp(milliseconds: try int(index, in: Timestamp.writable))
    }

    func timeIfAny(_ index: Int) throws(UnreadableRow) -> Timestamp? {
        row.hasNull(atIndex: index) ? nil : try time(index)
    }

    func bool(_ index: Int) throws(UnreadableRow) -> Bool { try int(index, in: 0...1) == 1 }

    func text(_ index: Int) throws(UnreadableRow) -> String {
        guard let text = try? row.decode(String.self, atIndex: index) else { throw unreadable(index, "is missing") }
        return text
    }

    func textIfAny(_ index: Int) throws(UnreadableRow) -> String? {
        row.hasNull(atIndex: index) ? nil : try text(index)
    }

    /// A value that `make` reads from a text; throws when `make` returns nil.
    func value<Value>(_ index: Int, _ make: (String) -> Value?) throws(UnreadableRow) -> Value {
        guard let value = make(try text(index)) else { throw unreadable(index, "is not as it should be") }
        return value
    }

    func valueIfAny<Value>(_ index: Int, _ make: (String) -> Value?) throws(UnreadableRow) -> Value? {
        row.hasNull(atIndex: index) ? nil : try value(index, make)
    }

    func bytes(_ index: Int) throws(UnreadableRow) -> [UInt8] {
        guard let bytes = try? row.bytes(index) else { throw unreadable(index, "is missing") }
        return bytes
    }

    /// Compares the checksum of the values that were read with the row's own, if it has one.
    func check(_ sum: Int, against index: Int) throws(UnreadableRow) {
        guard !row.hasNull(atIndex: index) else { return }
        guard (try? row.decode(Int.self, atIndex: index)) == sum else {
            throw UnreadableRow(table: table, reason: "its checksum is another")
        }
    }

    func unreadable(_ index: Int, _ what: String) -> UnreadableRow {
        UnreadableRow(table: table, reason: "its \(Array(row.columnNames)[index]) \(what)")
    }
}

/// A row with a value that this program never writes: the file is damaged, or was changed by another program.
struct UnreadableRow: Error, Equatable, CustomStringConvertible {
    let table: String
    /// Names the column and the fault, never the row's content.
    let reason: String

    var description: String { "a row of \(table) can't be read: \(reason)" }
}
