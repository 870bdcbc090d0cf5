import Boards
import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import TaskFiles

/// A board's state as the body of an answer, made while the store reads it.
///
/// `@unchecked Sendable`: the store uses it until its call returns, and the caller after that.
final class SnapshotFile: SnapshotReceiver, @unchecked Sendable {
    enum Format {
        /// `{board, tasks, cursor}`.
        case json
        /// As ``TaskFiles/TaskExport`` has it.
        case csv
    }

    private let format: Format
    private let spool: Spool
    private var isFirst = true
    private(set) var board: Board?
    private(set) var cursor: Cursor?
    /// Whether the client has this state, for which reading it was ended.
    private(set) var isKnown = false
    private let knows: (Cursor) -> Bool

    /// - Parameters:
    ///   - tenant: whose share of the files it takes when it is large.
    ///   - knows: whether the client has the state at a cursor.
    init(
        _ format: Format, for tenant: TenantID, unless knows: @escaping @Sendable (Cursor) -> Bool = { _ in false }
    ) {
        self.format = format
        spool = Spool(for: tenant)
        self.knows = knows
    }

    func begin(_ boards: [Board], at cursor: Cursor) throws(BoardError) {
        guard let board = boards.first else { return }
        (self.board, self.cursor) = (board, cursor)
        isKnown = knows(cursor)
        if isKnown { throw .failed(.cancelled) }
        switch format {
        case .json:
            var json = JSONWriter()
            board.write(into: &json)
            try spool.append(Array("{\"board\":".utf8) + json.bytes + Array(",\"tasks\":[".utf8))
        case .csv: try spool.append(TaskExport.header)
        }
    }

    func take(_ task: BoardTask) throws(BoardError) {
        switch format {
        case .json:
            var json = JSONWriter()
            task.write(into: &json)
            if !isFirst { try spool.append(CollectionOfOne(UInt8(ascii: ","))) }
            isFirst = false
            try spool.append(json.bytes)
        case .csv: try spool.append(TaskExport.record(of: task))
        }
    }

    /// The whole, once the store has returned.
    ///
    /// - Parameter fields: of the answer.
    func response(_ fields: HTTPFields) throws(BoardError) -> Response {
        if format == .json, let cursor { try spool.append("],\"cursor\":\"\(cursor)\"}".utf8) }
        return try spool.response(fields)
    }
}
