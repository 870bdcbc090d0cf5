import Boards
import Events
import NIOCore
import Rooms
import StrictJSON

/// The format of streams that are sent a ``TaskList``.
struct TaskListDialect: StateDialect {
    let shape: TaskList.Shape
    let tenant: TenantID
    let store: any BoardStore
    let clock: @Sendable () -> Timestamp

    var name: String { "tasks \(shape.limit) \(shape.sendsChanges) \(shape.status)" }

    func read(_ selection: Selection, after before: (any StreamState)?) async throws -> any StreamState {
        // A reader that may see the boards of the selection may see the list.
        let newest = try await store.newestTasks(
            in: shape.status, on: selection.boards, of: tenant, count: shape.limit + TaskList.reserve)
        return TaskList(
            shape, newest.tasks, isCut: newest.isCut, at: newest.cursor.seq, after: before as? TaskList)
    }

    func encode(notice: Notice, json: [UInt8]) -> ByteBuffer {
        switch notice {
        case .established(_, _, let retry):
            var connected = JSONWriter()
            connected.object {
                $0.name("type"); $0.string("connected")
                $0.name("timestamp"); $0.int(clock().milliseconds)
            }
            return StreamBytes.block(retry: retry, json: connected.bytes)
        // Events that are gone from the log do not matter to a list.
        case .resync: return ByteBuffer()
        case .expiring: return StreamBytes.block(name: "token.expiring", json: json)
        case .closing(_, let delay): return StreamBytes.block(name: "stream.closing", retry: delay, json: json)
        }
    }
}
