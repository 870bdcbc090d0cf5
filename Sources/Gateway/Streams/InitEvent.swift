import Boards
import Events
import Rooms
import StrictJSON

/// The tasks of `init`, the state that a stream with `snapshot=1` begins with, taken while the store reads them.
///
/// `@unchecked Sendable`: the store uses it until its call returns, and the caller after that.
private final class InitTasks: SnapshotReceiver, @unchecked Sendable {
    private let room: MemoryRoom
    private let most: Int
    private(set) var boards: [Board] = []
    private(set) var cursor: Cursor?
    private(set) var count = 0
    /// JSON with commas between.
    private(set) var json: [UInt8] = []
    /// Why it ended the reading.
    private(set) var refusal: StreamRequest.SnapshotRefusal?

    /// What a state is copied to until it is sent: the whole event, its chunk, and the connection's first write.
    private static let copies = 4

    init(room: MemoryRoom, most: Int) { (self.room, self.most) = (room, most) }

    func begin(_ boards: [Board], at cursor: Cursor) { (self.boards, self.cursor) = (boards, cursor) }

    func take(_ task: BoardTask) throws(BoardError) {
        var writer = JSONWriter()
        task.write(into: &writer)
        if count > 0 { json.append(UInt8(ascii: ",")) }
        json += writer.bytes
        count += 1
        if json.count > most { refusal = .tooLarge }
        if !room.grow(to: Self.copies * json.count) { refusal = .noRoom }
        if refusal != nil { throw .failed(.cancelled) }
    }
}

extension BoardStore {
    /// `init`, and the event number at which it was read.
    ///
    /// - Parameters:
    ///   - principal: limited to the boards that the stream shows.
    ///   - answers: where it takes its room, until it is on its way.
    /// - Throws: ``BoardError``, and ``Rooms/StreamRequest/SnapshotRefusal``.
    func initEvent(for principal: Principal, in answers: Answers, now: Timestamp) async throws -> StreamRequest.Snapshot
    {
        let room = answers.budget.room(for: principal.tenant)
        let state = InitTasks(room: room, most: answers.mostOfInit)
        do { try await snapshot(of: .all, for: principal, into: state) } catch { throw state.refusal ?? error }
        guard let cursor = state.cursor else { throw StoreFailure.broken("a snapshot without a beginning") }
        var json = JSONWriter(reserving: 1024 + state.json.count)
        json.object { json in
            json.name("type"); json.string("init")
            json.name("boards")
            json.array(state.boards) { json, board in
                json.object {
                    $0.name("id"); $0.string(board.id.rawValue)
                    $0.name("name"); $0.string(board.name)
                    $0.name("statuses"); $0.array(board.statuses) { $0.string($1) }
                    $0.name("columns"); $0.columns(board.columns)
                }
            }
            json.name("tasks"); json.array(CollectionOfOne(state.json)) { $0.elements($1) }
            json.name("count"); json.int(state.count)
            json.name("cursor"); json.string(cursor.description)
            json.name("timestamp"); json.string(now.description)
        }
        return StreamRequest.Snapshot(json: json.bytes, at: cursor, holding: room)
    }
}
