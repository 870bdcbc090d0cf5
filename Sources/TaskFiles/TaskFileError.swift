public import StrictJSON

/// Why a file as a whole can't be imported.
public enum TaskFileError: Error, Equatable, CustomStringConvertible {
    case empty
    /// No text at all.
    case notText(FileKind)
    /// The file is said to be in an encoding of this name, which we don't read.
    case unknownCharset(String)
    case json(JSONError)
    /// JSON whose top is a list.
    case list
    case unknownFormat(Unknown)
    /// A table whose header names no column for a task's name.
    case noNameColumn
    case tooManyRows(limit: Int)
    /// The disk does not take the file.
    case disk(TemporaryFileError)

    /// Why JSON is none of the formats that are known.
    public enum Unknown: Equatable, Sendable {
        /// It has neither tasks nor lists and cards.
        case neither
        /// It has cards, but none of them names its list.
        case cardsWithoutList
        /// It names a format of its own.
        case other(String)
    }

    public var description: String {
        switch self {
        case .empty: "the file is empty"
        case .notText(let kind): kind.description
        case .unknownCharset(let name):
            "its encoding is said to be “\(name)”, which we don't read: save the file as UTF-8, and send that"
        case .json(let error): "it is not JSON that we take: \(error)"
        case .list: "the file must be an object, not a list: a whole board’s export"
        case .unknownFormat(.neither):
            "it is JSON, but neither a board of Trello's or Wekan's (“lists” and “cards”) nor a snapshot of ours (“tasks”)"
        case .unknownFormat(.cardsWithoutList):
            "it has “lists” and “cards” as a board of Trello's has, but no card names its list (“idList”)"
        case .unknownFormat(.other(let name)):
            "its format, “\(name)”, is not one that we know; of those with a “_format” we take “wekan-board-1.0.0”"
        case .noNameColumn:
            "the line above its rows has to name the columns, with commas, semicolons or tabs between them, and one must be for "
                + "the task's name: “name”, “title”, “summary”, “task name”, “card name”"
        case .tooManyRows(let limit): "it has more than \(limit) rows"
        case .disk(let error): "\(error)"
        }
    }
}
