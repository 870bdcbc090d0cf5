import CPostgres

/// A statement and its parameters. It is prepared once on each connection, by its text.
struct Statement {
    let sql: String
    let values: [SQLValue]

    init(_ sql: String, _ values: SQLValue...) { self.init(sql, values) }
    init(_ sql: String, _ values: [SQLValue]) { (self.sql, self.values) = (sql, values) }

    var types: [UInt32] { values.map(\.type) }

    /// Calls `body` with the parameters as libpq takes them.
    func withParameters(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Int32
    ) -> (outcome: Int32, bytes: Int) {
        var buffer: [UInt8] = []
        var places: [Range<Int>?] = []
        for value in values {
            let start = buffer.count
            let isThere = value.append(to: &buffer)
            places.append(isThere ? start..<buffer.count : nil)
        }
        // So that there is an address even for an empty text.
        buffer.append(0)
        let lengths = places.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: places.count)
        let outcome = buffer.withUnsafeBufferPointer { bytes in
            let base = UnsafeRawPointer(bytes.baseAddress!).assumingMemoryBound(to: CChar.self)
            let pointers = places.map { $0.map { base + $0.lowerBound } }
            return body(Int32(places.count), pointers, lengths, formats)
        }
        return (outcome, buffer.count)
    }
}
