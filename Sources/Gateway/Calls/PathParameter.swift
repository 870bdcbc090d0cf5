import Boards
import Events
import Rooms
import Text

/// The kind of value that stands in a call's path for its pattern's `:name`.
enum PathParameter: Sendable, CaseIterable {
    case board, task, job, connection, user, status

    /// Whether `text`, still percent-encoded, is a possible value.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .board: BoardID(text) != nil
        case .task: Int(digits: text) != nil
        case .job: JobID(text) != nil
        case .connection: ConnectionID(text) != nil
        case .user: Query.decode(path: text).flatMap { UserID($0) } != nil
        case .status: Query.decode(path: text).map { Board.isStatus($0) } ?? false
        }
    }
}

extension PathPattern {
    /// The name of its parameter, without the colon; nil when it has none.
    var parameterName: String? {
        description.split(separator: "/").first { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
    }
}
