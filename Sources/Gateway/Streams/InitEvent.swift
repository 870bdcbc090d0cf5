import Boards
import Events
import Rooms
import StrictJSON

extension BoardStore {
    /// `init`, the state that a stream with `snapshot=1` begins with, and the event number at which it was read.
    ///
    /// - Parameter principal: limited to the boards that the stream shows.
    func initEvent(for principal: Principal, now: Timestamp) async throws(BoardError) -> StreamRequest.Snapshot {
        let snapshot = try await snapshot(of: .all, for: principal)
        var json = JSONWriter(reserving: 512 + snapshot.tasks.count * 400)
        json.object { json in
            json.name("type"); json.string("init")
            json.name("boards")
            json.array(snapshot.boards) { json, board in
                json.object {
                    $0.name("id"); $0.string(board.id.rawValue)
                    $0.name("name"); $0.string(board.name)
                    $0.name("statuses"); $0.array(board.statuses) { $0.string($1) }
                    $0.name("columns"); $0.columns(board.columns)
                }
            }
            json.name("tasks"); json.array(snapshot.tasks) { $1.write(into: &$0) }
            json.name("count"); json.int(snapshot.tasks.count)
            json.name("cursor"); json.string(snapshot.cursor.description)
            json.name("timestamp"); json.string(now.description)
        }
        return StreamRequest.Snapshot(json: json.bytes, at: snapshot.cursor)
    }
}
