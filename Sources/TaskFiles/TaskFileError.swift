public import StrictJSON

/// Why a file as a whole can't be imported.
public enum TaskFileError: Error, Equatable, CustomStringConvertible {
    case empty
    case json(JSONError)
    /// JSON, but neither Trello's nor ours.
    case unknownFormat
    /// The first record of a CSV file is not CSV that we take, for this reason.
    case badHeader(String)
    /// A CSV file whose header names no column `name`.
    case noNameColumn
    case columnTwice(String)
    case tooManyRows(limit: Int)

    public var description: String {
        switch self {
        case .empty: "the file is empty"
        case .json(let error): "it is not JSON that we take: \(error)"
        case .unknownFormat:
            "it is JSON, but neither a board of Trello's (“lists” and “cards”) nor a snapshot of ours (“tasks”)"
        case .badHeader(let reason): "the first line is not CSV that we take: \(reason)"
        case .noNameColumn: "the first line has to name the columns, with commas between them, and one must be “name”"
        case .columnTwice(let name): "two columns are for “\(name)”"
        case .tooManyRows(let limit): "it has more than \(limit) rows"
        }
    }
}
