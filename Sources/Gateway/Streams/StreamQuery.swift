import Events
import HTTPTypes
import Rooms
import Tokens

/// The events that a caller asks for, checked against its token. It is the same for streams and polls.
struct StreamQuery {
    /// What was asked for, whether or not the token allows it.
    let asked: Selection
    /// The part of it that the token allows.
    let selection: Selection
    /// The reader's cursor, as it was sent.
    let cursor: String?
    private let prefix: String

    /// - Parameters:
    ///   - known: the tenant's boards.
    ///   - lastEventID: the header field. It wins over the query's `lastEventId`, which wins over `since`; an empty one
    ///     counts as absent (HTML §9.2.4).
    ///   - prefix: what precedes our paths in the client's URLs.
    /// - Throws: ``Problem`` 400 for an invalid query, 404 for a board that the tenant does not have, 403 for one that
    ///   the token does not allow.
    init(
        _ query: Query, lastEventID: String?, principal: Principal, prefix: String = "", known: Set<BoardID>
    ) throws(Problem) {
        var types = TypeFilter.everything
        if let list = query["types"] {
            guard let filter = TypeFilter(list: list) else {
                throw .badQuery("types", "must be dotted names or families, such as task.created,board.*")
            }
            types = filter
        }
        let named = query.all("board")
        guard named.count <= 100 else { throw .badQuery("board", "at most 100 boards; leave it out for all of them") }
        if named.isEmpty {
            asked = Selection(boards: .all, user: principal.user, types: types)
        } else {
            var boards: Set<BoardID> = []
            for name in named {
                guard let board = BoardID(name), known.contains(board) else { throw .notFound }
                try principal.mustSee(board)
                boards.insert(board)
            }
            asked = Selection(boards: .only(boards), types: types)
        }
        selection = asked.narrowed(to: principal.boards)
        let resumed = [lastEventID, query["lastEventId"]].compactMap { $0 }.first { !$0.isEmpty }
        cursor = resumed ?? query["since"]
        self.prefix = prefix
    }

    /// The URL from which a reader that has to start over loads the state of its selection.
    var snapshotURL: String {
        let board: BoardID =
            switch selection.boards {
            case .all: .main
            case .only(let some): some.min() ?? .main
            }
        return "\(prefix)/api/boards/\(board)/snapshot"
    }
}

extension Principal {
    /// - Throws: ``Problem`` 403 for a board that the token does not allow.
    func mustSee(_ board: BoardID) throws(Problem) {
        guard boards.contains(board) else { throw .boardForbidden(board) }
    }
}
