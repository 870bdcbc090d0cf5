public import Boards
public import Text

/// A file of tasks as somebody sent it: looked through once when it is opened, then read row by row.
///
/// What it is is found by looking at its bytes, whatever its name or type. Holds the bytes and 32 bytes a row; a row's
/// values are made when it is asked for.
public struct TaskFile: Sendable {
    /// Rows that a file may have.
    public static let mostRows = 100_000

    public enum Format: String, Sendable {
        /// A table: with commas, semicolons or tabs.
        case csv
        /// A Trello board's export as JSON.
        case trello
        /// A Wekan board's export as JSON.
        case wekan
        /// Our own: a board's snapshot, or its export as JSON.
        case snapshot
    }

    public let format: Format
    /// How its text was written.
    public let encoding: TextEncoding
    /// Columns of a table that say nothing about a task; the first 20.
    public let ignoredColumns: [String]
    private let rows: any TaskRows

    /// - Parameter charset: the name of an encoding that came with the file. A byte order mark says otherwise.
    /// - Throws: ``TaskFileError`` when its rows can't be found, there are too many, or the charset is not known.
    public init(_ file: SharedBytes, charset: String? = nil) throws(TaskFileError) {
        if let other = FileKind(of: file) { throw .notText(other) }
        encoding = try file.withBuffer { bytes throws(TaskFileError) in try TextEncoding(of: bytes, charset: charset) }
        let text: SharedBytes
        do throws(TemporaryFileError) { text = try encoding.decoded(file) } catch { throw .disk(error) }
        switch text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
        case nil: throw .empty
        case UInt8(ascii: "{"):
            var index = JSONFileIndex(text)
            try index.read()
            (format, rows) = try index.rows()
            ignoredColumns = []
        case UInt8(ascii: "[") where Self.isJSONList(text): throw .list
        default:
            let table = try TableRows(text)
            (format, rows, ignoredColumns) = (.csv, table, table.header.ignored)
        }
    }

    public init(_ bytes: [UInt8], charset: String? = nil) throws(TaskFileError) {
        try self.init(SharedBytes(bytes), charset: charset)
    }

    public var count: Int { rows.count }

    /// Cards that were left out because they, or their lists, are archived.
    public var archived: Int { rows.archived }

    /// What the file has that no task can have, where there is any.
    public var leftOut: [LeftOut: Int] { rows.leftOut }

    /// The names of its lists, from left to right or as they come; 50 at most. Those of a file of ours are statuses.
    public var lists: [String] { rows.lists }

    /// The columns that an export of ours as JSON has, from left to right; none for another file.
    public var columns: [StatusColumn] { rows.columns }

    /// Whether an export of ours made it, so that its lists are statuses.
    var isOurs: Bool { rows.isOurs }

    /// - Parameter index: from 0; what comes first belongs above what comes later.
    public func row(_ index: Int, on statuses: StatusMap) -> ImportRow { rows.row(index, on: statuses) }

    /// A table may begin with a bracket; what follows one in JSON is in no column's name.
    private static func isJSONList(_ text: SharedBytes) -> Bool {
        let rest = text.drop { $0 != UInt8(ascii: "[") }.dropFirst().first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return rest.map { "{[]\"-0123456789".utf8.contains($0) } ?? true
    }
}

/// The rows of a file of one format.
protocol TaskRows: Sendable {
    var count: Int { get }
    var archived: Int { get }
    var leftOut: [LeftOut: Int] { get }
    var lists: [String] { get }
    var columns: [StatusColumn] { get }
    var isOurs: Bool { get }
    func row(_ index: Int, on statuses: StatusMap) -> ImportRow
}

extension TaskRows {
    var archived: Int { 0 }
    var leftOut: [LeftOut: Int] { [:] }
    var columns: [StatusColumn] { [] }
    var isOurs: Bool { false }
}
