/// Reads the records of a table one after the other: CSV (RFC 4180), or the same with another separator.
///
/// A line may end with CRLF, LF or CR. It refuses nothing: a quote inside of a field that is not quoted is a character,
/// what follows a closing quote belongs to the field, and a field or record that is too long is cut.
struct CSVReader {
    struct Limits: Sendable {
        /// Bytes of one field that are kept.
        var field = 128 << 10
        /// Bytes of one record's fields that are kept.
        var record = 256 << 10
        /// Fields of one record that are kept.
        var fields = 4096
        /// Bytes of one record in the file after which a quote that is still open is no quote.
        var quoted = 1 << 20
    }

    /// How often a record is read again because its quote was never closed; after that it is taken as it is.
    static let mostStrayQuotes = 100

    private let bytes: UnsafeBufferPointer<UInt8>
    private let separator: UInt8
    private let limits: Limits
    private(set) var position: Int
    private var number = 0
    private var strayQuotes = 0

    /// - Parameter bytes: UTF-8; they must outlive the reader.
    init(_ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, from position: Int = 0, limits: Limits = Limits()) {
        (self.bytes, self.separator, self.position, self.limits) = (bytes, separator, position, limits)
    }

    /// The next record; nil after the last.
    mutating func next() -> CSVRecord? {
        guard position < bytes.count else { return nil }
        number += 1
        let start = position
        var scan = scan(from: start, isQuoting: true)
        if scan.isOpen, strayQuotes < Self.mostStrayQuotes {
            strayQuotes += 1
            scan = self.scan(from: start, isQuoting: false)
        }
        position = scan.next
        return CSVRecord(
            number: number, range: start..<scan.end, fields: scan.fields, isCut: scan.isCut,
            isQuoting: scan.isQuoting)
    }

    /// The fields of the one record whose bytes these are.
    static func fields(
        _ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8, isQuoting: Bool
    ) -> (fields: [String], isCut: Bool) {
        let scan = CSVReader(bytes, separator: separator).scan(from: 0, isQuoting: isQuoting)
        return (scan.fields, scan.isCut)
    }

    private struct Scan {
        var fields: [String] = []
        /// After its last byte, before the line break.
        var end = 0
        /// Where the next record begins.
        var next = 0
        var isOpen = false
        var isCut = false
        let isQuoting: Bool
    }

    private enum Place { case start, plain, quoted, quote }

    private func scan(from start: Int, isQuoting: Bool) -> Scan {
        var scan = Scan(isQuoting: isQuoting)
        var place = Place.start
        var field: [UInt8] = []
        var kept = 0
        func append(_ byte: UInt8) {
            guard field.count < limits.field, kept < limits.record else { return scan.isCut = true }
            field.append(byte)
            kept += 1
        }
        func endField() {
            defer { field.removeAll(keepingCapacity: true) }
            guard scan.fields.count < limits.fields else { return scan.isCut = true }
            scan.fields.append(Self.text(field))
        }
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            switch place {
            case .start where byte == UInt8(ascii: "\"") && isQuoting: place = .quoted
            case .quoted where byte == UInt8(ascii: "\""): place = .quote
            case .quoted:
                append(byte)
                if index - start > limits.quoted, strayQuotes < Self.mostStrayQuotes {
                    scan.isOpen = true
                    return scan
                }
            case .quote where byte == UInt8(ascii: "\""):
                append(byte)
                place = .quoted
            case .start, .plain, .quote:
                switch byte {
                case separator:
                    endField()
                    place = .start
                case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                    endField()
                    let isPair =
                        byte == UInt8(ascii: "\r") && index + 1 < bytes.count
                        && bytes[index + 1] == UInt8(ascii: "\n")
                    (scan.end, scan.next) = (index, index + (isPair ? 2 : 1))
                    return scan
                default:
                    append(byte)
                    place = .plain
                }
            }
            index += 1
        }
        endField()
        (scan.end, scan.next, scan.isOpen) = (bytes.count, bytes.count, place == .quoted)
        return scan
    }

    /// A field that was cut may end inside of a scalar.
    private static func text(_ field: [UInt8]) -> String {
        if let text = String(validating: field, as: UTF8.self) { return text }
        let tail = field.suffix(3).reversed().prefix { $0 & 0xC0 == 0x80 }.count + 1
        return String(decoding: field.dropLast(tail), as: UTF8.self)
    }
}

/// One record of a table.
struct CSVRecord: Sendable, Equatable {
    /// 1 for the file's first, as spreadsheets number rows.
    let number: Int
    /// Its bytes in the file, without the line break that ends it.
    let range: Range<Int>
    let fields: [String]
    /// Whether a part of it is not among ``fields``, because it is too long.
    let isCut: Bool
    /// Whether its quotes are those of CSV; else they are characters, since one of them is never closed.
    let isQuoting: Bool

    /// A line with nothing on it.
    var isBlank: Bool { fields.count == 1 && fields[0].isEmpty }
    /// Whether there is nothing but white space in its fields.
    var isEmpty: Bool { fields.allSatisfy { $0.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } } }
}
