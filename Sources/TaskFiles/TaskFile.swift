/// A file of tasks as somebody sent it: looked through once when it is opened, then read row by row.
///
/// Holds the file's bytes and 24 bytes a row; a row's values are made when it is asked for.
public struct TaskFile: Sendable {
    /// Bytes of the longest file that is taken: 20 MiB.
    public static let longest = 20 << 20
    /// Rows that a file may have.
    public static let mostRows = 100_000

    public enum Format: String, Sendable {
        case csv
        /// A Trello board's export as JSON.
        case trello
        /// Our own: a board's snapshot, or its export as JSON.
        case snapshot
    }

    public let format: Format
    /// Cards that were left out because they, or their lists, are archived.
    public let archived: Int
    /// Columns of a CSV file that say nothing about a task; the first 20.
    public let ignoredColumns: [String]
    private let rows: any TaskRows

    /// - Throws: ``TaskFileError`` when its rows can't be found, or there are too many.
    public init(csv bytes: [UInt8]) throws(TaskFileError) {
        let rows = try CSVRows(bytes)
        (format, self.rows) = (.csv, rows)
        (archived, ignoredColumns) = (0, rows.columns.ignored)
    }

    /// Trello's JSON or our own.
    ///
    /// - Throws: ``TaskFileError`` when it is not JSON, neither of the two, or has too many rows.
    public init(json bytes: [UInt8]) throws(TaskFileError) {
        var index = JSONFileIndex(bytes)
        try index.read()
        if let rows = try index.snapshot {
            (format, archived, self.rows) = (.snapshot, 0, rows)
        } else if let rows = try index.trello {
            (format, archived, self.rows) = (.trello, rows.archived, rows)
        } else {
            throw .unknownFormat
        }
        ignoredColumns = []
    }

    public var count: Int { rows.count }

    /// - Parameter index: from 0; what comes first belongs above what comes later.
    public func row(_ index: Int, on statuses: StatusMap) -> ImportRow { rows.row(index, on: statuses) }
}

/// The rows of a file of one format.
protocol TaskRows: Sendable {
    var count: Int { get }
    func row(_ index: Int, on statuses: StatusMap) -> ImportRow
}
