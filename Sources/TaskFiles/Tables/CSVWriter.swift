/// Writes CSV (RFC 4180): CRLF, and quotes where a field needs them.
public struct CSVWriter {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    public mutating func record(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(field)
        }
        // A lone empty field would look like a blank line.
        if fields == [""] { bytes += "\"\"".utf8 }
        bytes += "\r\n".utf8
    }

    private mutating func write(_ field: String) {
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        guard needsQuotes else { return bytes.append(contentsOf: field.utf8) }
        bytes.append(UInt8(ascii: "\""))
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
