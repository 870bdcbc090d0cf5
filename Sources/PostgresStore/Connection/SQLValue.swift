/// A parameter of a statement, in PostgreSQL's binary format.
enum SQLValue {
    case int(Int?)
    case text(String?)
    case bytes([UInt8]?)
    case ints([Int?])
    case texts([String?])
    case byteStrings([[UInt8]?])

    /// The type's number in PostgreSQL, which never changes.
    var type: UInt32 {
        switch self {
        case .int: 20
        case .text: 25
        case .bytes: 17
        case .ints: 1016
        case .texts: 1009
        case .byteStrings: 1001
        }
    }

    /// Appends its bytes.
    ///
    /// - Returns: false for null.
    func append(to buffer: inout [UInt8]) -> Bool {
        switch self {
        case .int(let value?): buffer.appendInteger(Int64(value))
        case .text(let text?): buffer += text.utf8
        case .bytes(let bytes?): buffer += bytes
        case .ints(let values):
            Self.append(values, of: 20, to: &buffer) { $1.appendInteger(Int64($0)) }
        case .texts(let values): Self.append(values, of: 25, to: &buffer) { $1 += $0.utf8 }
        case .byteStrings(let values): Self.append(values, of: 17, to: &buffer) { $1 += $0 }
        case .int(nil), .text(nil), .bytes(nil): return false
        }
        return true
    }

    /// `array_recv`'s format: dimensions, whether nulls are in it, the elements' type, length, lower bound; then each
    /// element with its length.
    private static func append<Element>(
        _ values: [Element?], of type: UInt32, to buffer: inout [UInt8], _ write: (Element, inout [UInt8]) -> Void
    ) {
        buffer.appendInteger(Int32(values.isEmpty ? 0 : 1))
        buffer.appendInteger(Int32(values.contains { $0 == nil } ? 1 : 0))
        buffer.appendInteger(type)
        guard !values.isEmpty else { return }
        buffer.appendInteger(Int32(values.count))
        buffer.appendInteger(Int32(1))
        for value in values {
            guard let value else {
                buffer.appendInteger(Int32(-1))
                continue
            }
            let start = buffer.count
            buffer.appendInteger(Int32(0))
            write(value, &buffer)
            let length = Int32(buffer.count - start - 4)
            for index in 0..<4 { buffer[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        }
    }
}

extension [UInt8] {
    /// In network byte order.
    fileprivate mutating func appendInteger(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
