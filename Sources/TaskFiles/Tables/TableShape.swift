import Text

/// What separates a table's fields, and where its header is: found by looking at its beginning.
struct TableShape {
    let separator: UInt8
    let columns: TaskColumns
    /// Where the records after the header begin, and how many came before them.
    let start: Int
    let records: Int

    /// Records with titles and the like that may come before the header.
    static let mostTitles = 20

    /// - Throws: ``TaskFileError/empty``, ``TaskFileError/noNameColumn``.
    init(of bytes: UnsafeBufferPointer<UInt8>) throws(TaskFileError) {
        let told = Self.toldSeparator(bytes)
        let separators = told.map { [$0.separator] } ?? [",", ";", "\t"].map { UInt8(ascii: $0) }
        var best: TableShape?
        var isEmpty = true
        for separator in separators {
            guard let shape = Self.find(bytes, separator, from: told?.start ?? 0, &isEmpty) else { continue }
            if best.map({ shape.isBetter(than: $0) }) ?? true { best = shape }
        }
        guard let best else { throw isEmpty ? .empty : .noNameColumn }
        self = best
    }

    private init(separator: UInt8, columns: TaskColumns, start: Int, records: Int) {
        (self.separator, self.columns, self.start, self.records) = (separator, columns, start, records)
    }

    private func isBetter(than other: TableShape) -> Bool {
        columns.known != other.columns.known
            ? columns.known > other.columns.known
            : start != other.start ? start < other.start : columns.count > other.columns.count
    }

    /// The first record that names a column for a task's name, and that looks like a header: what comes before it, a
    /// title or `Exported on;2024-05-01`, has fewer fields, or it says nothing but what we know.
    private static func find(
        _ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8, from start: Int, _ isEmpty: inout Bool
    ) -> TableShape? {
        var reader = CSVReader(bytes, separator: separator, from: start)
        var (titles, widest) = (0, 0)
        var pair: TableShape?
        while titles <= mostTitles, let record = reader.next() {
            if record.isEmpty { continue }
            isEmpty = false
            let columns = TaskColumns(record.fields)
            let width = record.fields.count { !$0.trimmed.isEmpty }
            let shape = TableShape(
                separator: separator, columns: columns, start: reader.position, records: record.number)
            if pair != nil {
                // Rows of a table of two columns have no more than two fields.
                if columns.hasName, columns.known > 1, width > 2 { return shape }
            } else if columns.hasName, width > widest || widest < 2 || columns.known > 1 && columns.known == width {
                // `Title;Web board` may be a header, or say what the table is.
                guard width == 2, columns.known == 1 else { return shape }
                pair = shape
            } else if columns.known > 1 {
                // A header that names no column for a name: a row below it is none.
                return nil
            }
            widest = max(widest, width)
            titles += 1
        }
        return pair
    }

    /// The line `sep=;` before the header, which Excel reads and writes; it counts as no record.
    private static func toldSeparator(_ bytes: UnsafeBufferPointer<UInt8>) -> (separator: UInt8, start: Int)? {
        let line = bytes.prefix(16).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let text = line.filter { $0 != UInt8(ascii: "\"") && $0 != 0x20 }
        guard text.count == 5, String(decoding: text.prefix(4), as: UTF8.self).lowercased() == "sep=",
            line.count < bytes.count, text[4] < 0x80
        else { return nil }
        let isPair = bytes[line.count...].starts(with: [0x0D, 0x0A])
        return (text[4], line.count + (isPair ? 2 : 1))
    }
}
