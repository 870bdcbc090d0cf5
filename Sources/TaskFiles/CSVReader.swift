/// Reads CSV (RFC 4180) as it comes, in pieces of any size: quotes, line breaks inside of fields, a byte order mark.
///
/// A line may end with CRLF, LF or CR. A record that is no CSV has its ``CSVRecord/problem``, and reading goes on after
/// it. Holds no more than one record within its ``Limits``.
public struct CSVReader {
    public struct Limits: Sendable {
        /// Bytes of one field.
        public var field: Int
        /// Bytes of one record's fields together.
        public var record: Int
        /// Fields of one record.
        public var fields: Int

        public init(field: Int = 128 << 10, record: Int = 256 << 10, fields: Int = 256) {
            (self.field, self.record, self.fields) = (field, record, fields)
        }
    }

    private enum Place { case mark, start, plain, quoted, quote, afterReturn }

    private let limits: Limits
    private var place = Place.mark
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var size = 0
    private var problem: String?
    private var number = 1
    private var start = 0
    private var offset = 0

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// For the bytes of one record from inside of a file, where there is no mark.
    init(record: Void) {
        self.init()
        place = .start
    }

    /// The records that end in these bytes.
    public mutating func read(_ bytes: some Sequence<UInt8>) -> [CSVRecord] {
        var records: [CSVRecord] = []
        for byte in bytes {
            take(byte, &records)
            offset += 1
        }
        return records
    }

    /// The last record, when no line break ended it.
    public mutating func finish() -> CSVRecord? {
        if place == .quoted { refuse("a quoted field is not closed") }
        let isEmpty = fields.isEmpty && field.isEmpty && problem == nil && place != .quote
        return isEmpty ? nil : endRecord()
    }

    private mutating func take(_ byte: UInt8, _ records: inout [CSVRecord]) {
        switch place {
        case .mark where offset < 3 && byte == Self.mark[offset]:
            field.append(byte)
            guard offset == 2 else { return }
            field.removeAll()
            (place, start) = (.start, 3)
        case .mark:
            // Not a mark after all: what looked like one is the first field's.
            size = field.count
            place = field.isEmpty ? .start : .plain
            take(byte, &records)
        case .afterReturn:
            place = .start
            if byte == UInt8(ascii: "\n") { start = offset + 1 } else { take(byte, &records) }
        case .start where byte == UInt8(ascii: "\""): place = .quoted
        case .quoted where byte == UInt8(ascii: "\""): place = .quote
        case .quoted: append(byte)
        case .quote where byte == UInt8(ascii: "\""):
            append(byte)
            place = .quoted
        case .start, .plain, .quote:
            switch byte {
            case UInt8(ascii: ","): endField()
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                records.append(endRecord())
                if byte == UInt8(ascii: "\r") { place = .afterReturn }
            default:
                if place == .quote { refuse("something follows the closing quote of a field") }
                if byte == UInt8(ascii: "\"") { refuse("there is a quote inside of a field that is not quoted") }
                append(byte)
                place = .plain
            }
        }
    }

    private mutating func append(_ byte: UInt8) {
        size += 1
        guard problem == nil else { return }
        guard field.count < limits.field else { return refuse("a field is longer than \(limits.field) bytes") }
        guard size <= limits.record else { return refuse("it is longer than \(limits.record) bytes") }
        field.append(byte)
    }

    private mutating func endField() {
        place = .start
        defer { field.removeAll(keepingCapacity: true) }
        guard problem == nil else { return }
        guard fields.count < limits.fields else { return refuse("it has more than \(limits.fields) fields") }
        guard let text = String(validating: field, as: UTF8.self) else { return refuse("it is not valid UTF-8") }
        fields.append(text)
    }

    private mutating func endRecord() -> CSVRecord {
        endField()
        let record = CSVRecord(number: number, range: start..<offset, fields: fields, problem: problem)
        number += 1
        start = offset + 1
        (fields, problem, size) = ([], nil, 0)
        return record
    }

    private mutating func refuse(_ reason: String) {
        guard problem == nil else { return }
        problem = reason
        fields = []
        field.removeAll()
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// One record of a CSV file.
public struct CSVRecord: Sendable, Equatable {
    /// 1 for the file's first, which is the header; as spreadsheets number rows.
    public let number: Int
    /// Its bytes in the file, without the line break that ends it.
    public let range: Range<Int>
    /// Empty when there is a ``problem``.
    public let fields: [String]
    /// Why it is not CSV that we take.
    public let problem: String?

    /// A line with nothing on it.
    public var isBlank: Bool { problem == nil && fields.count == 1 && fields[0].isEmpty }
}
