import Boards
import Events
import NIOCore
import Rooms
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

/// What streams are told of a list of tasks, as events change it.
@Suite struct TaskListTests {
    private func task(
        _ id: Int, _ status: String = "generated", board: String = "main", version: Int = 1
    ) -> BoardTask {
        BoardTask(
            id: id, board: BoardID(board)!, name: "task \(id)", description: "", status: status, priority: .medium,
            assignee: nil, labels: [], dueAt: nil, rank: Rank("a0")!, version: version,
            createdBy: UserID("ann")!, createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))
    }

    private func frame(_ seq: Int, _ type: EventType, _ task: BoardTask) -> EventFrame {
        var json = JSONWriter()
        json.object {
            $0.name("type"); $0.string(type.rawValue)
            $0.name("taskId"); $0.int(task.id)
            $0.name("task"); task.write(into: &$0)
        }
        let event = Event(
            tenant: TenantID("acme")!, seq: seq, epoch: Epoch(rawValue: 1), audience: .board(task.board), type: type,
            timestamp: 0,
            json: json.bytes)
        return EventFrame(event)
    }

    private func list(_ ids: [Int], limit: Int = 50, changes: Bool = false) -> TaskList {
        let shape = TaskList.Shape(status: "generated", limit: limit, sendsChanges: changes)
        return TaskList(shape, ids.map { task($0) }, at: 10)
    }

    /// The objects that `bytes` tell.
    private func objects(_ bytes: ByteBuffer?) throws -> [JSONObject] {
        try (bytes ?? ByteBuffer()).readableBytesView.split(separator: UInt8(ascii: "\n"))
            .filter { $0.starts(with: "data: ".utf8) }
            .map { try #require(try JSONParser.parse($0.dropFirst(6)).object) }
    }

    private func ids(_ object: JSONObject?, _ name: String = "tasks") -> [Int]? {
        object?[name]?.array?.compactMap { $0.object?["id"]?.int ?? $0.int }
    }

    @Test func `a newcomer is told the list as it was told last`() throws {
        var list = list([3, 1])
        list.apply(frame(11, .taskCreated, task(4)))
        let first = try objects(list.whole(at: 77))
        #expect(first.count == 1)
        #expect(first[0]["type"]?.string == "init")
        #expect(ids(first[0]) == [3, 1])
        #expect(first[0]["count"]?.int == 2)
        #expect(first[0]["timestamp"]?.int == 77)
        #expect(first[0]["tasks"]?.array?[0].object?["name"]?.string == "task 3")
        _ = list.takeChanges(at: 0)
        #expect(ids(try objects(list.whole(at: 0)).first) == [4, 3, 1])
    }

    @Test func `new tasks are told with the whole list and a notification`() throws {
        var list = list([1])
        list.apply(frame(11, .taskCreated, task(2)))
        var told = try objects(list.takeChanges(at: 5))
        #expect(told.map { $0["type"]?.string } == ["update", "notification"])
        #expect(ids(told[0]) == [2, 1])
        #expect(told[0]["count"]?.int == 2)
        #expect(told[0]["newTasksCount"]?.int == 1)
        #expect(told[1]["message"]?.string == "1 new task generated")
        #expect(told[1]["severity"]?.string == "info")
        #expect(told[1]["timestamp"]?.int == 5)
        list.apply(frame(12, .taskCreated, task(3)))
        list.apply(frame(13, .taskStatusChanged, task(4)))
        told = try objects(list.takeChanges(at: 5))
        #expect(told[0]["newTasksCount"]?.int == 2)
        #expect(told[1]["message"]?.string == "2 new tasks generated")
        #expect(list.takeChanges(at: 5) == nil)
    }

    @Test func `tasks that leave or change are told without a notification`() throws {
        var list = list([3, 2, 1])
        list.apply(frame(11, .taskStatusChanged, task(3, "done", version: 2)))
        var told = try objects(list.takeChanges(at: 0))
        #expect(told.count == 1)
        #expect(ids(told[0]) == [2, 1])
        #expect(told[0]["newTasksCount"]?.int == 0)
        list.apply(frame(12, .taskDeleted, task(2)))
        list.apply(frame(13, .taskUpdated, task(1, version: 2)))
        told = try objects(list.takeChanges(at: 0))
        #expect(ids(told[0]) == [1])
        #expect(told[0]["tasks"]?.array?[0].object?["version"]?.int == 2)
    }

    @Test func `changes are told as such where they are wanted`() throws {
        var list = list([3, 2, 1], changes: true)
        list.apply(frame(11, .taskCreated, task(4)))
        list.apply(frame(12, .taskUpdated, task(2, version: 2)))
        list.apply(frame(13, .taskDeleted, task(1)))
        let told = try objects(list.takeChanges(at: 0))
        #expect(told.map { $0["type"]?.string } == ["delta", "notification"])
        #expect(ids(told[0], "added") == [4])
        #expect(ids(told[0], "changed") == [2])
        #expect(ids(told[0], "removed") == [1])
    }

    @Test func `what comes and goes between two tellings, or was known already, is no news`() throws {
        var list = list([1])
        list.apply(frame(11, .taskCreated, task(2)))
        list.apply(frame(12, .taskDeleted, task(2)))
        list.apply(frame(13, .taskCreated, task(9, "inbox")))
        list.apply(frame(10, .taskCreated, task(8)))
        #expect(list.takeChanges(at: 0) == nil)
        list.apply(frame(14, .taskStatusChanged, task(1, "done")))
        list.apply(frame(15, .taskStatusChanged, task(1, version: 3)))
        let told = try objects(list.takeChanges(at: 0))
        #expect(told.map { $0["type"]?.string } == ["update"])
        #expect(told[0]["newTasksCount"]?.int == 0)
    }

    @Test func `a board that is deleted takes its tasks along`() throws {
        let shape = TaskList.Shape(status: "generated", limit: 50, sendsChanges: false)
        var list = TaskList(shape, [task(3, board: "plan"), task(2), task(1, board: "plan")], at: 10)
        let event = Event(
            tenant: TenantID("acme")!, seq: 11, epoch: Epoch(rawValue: 1), audience: .board(BoardID("plan")!),
            type: .boardDeleted, timestamp: 0,
            json: Array("{}".utf8))
        list.apply(EventFrame(event))
        #expect(ids(try objects(list.takeChanges(at: 0)).first) == [2])
    }

    @Test func `the newest are shown, and older ones move up without being called new`() throws {
        var list = list([3, 2, 1], limit: 2)
        #expect(ids(try objects(list.whole(at: 0)).first) == [3, 2])
        list.apply(frame(11, .taskDeleted, task(3)))
        let told = try objects(list.takeChanges(at: 0))
        #expect(told.count == 1)
        #expect(ids(told[0]) == [2, 1])
        #expect(told[0]["newTasksCount"]?.int == 0)
        #expect(!list.isShort)
    }

    @Test func `a list whose reserve is used up is short while the store has more, and goes on where it was`() throws {
        let all = Array((1...200).reversed())
        var list = list(Array(all.prefix(2 + TaskList.reserve)), limit: 2)
        for (offset, id) in all.prefix(TaskList.reserve).enumerated() {
            list.apply(frame(11 + offset, .taskDeleted, task(id)))
            #expect(!list.isShort)
        }
        list.apply(frame(100, .taskDeleted, task(150)))
        #expect(list.isShort)
        // A task older than all that are known is one of those that will be read.
        list.apply(frame(101, .taskStatusChanged, task(5)))
        #expect(list.isShort)
        let rest = all.dropFirst(TaskList.reserve + 1).prefix(2 + TaskList.reserve)
        var anew = TaskList(list.shape, rest.map { task($0) }, at: 101, after: list)
        #expect(ids(try objects(anew.whole(at: 0)).first) == [200, 199])
        let told = try objects(anew.takeChanges(at: 0))
        #expect(ids(told.first) == [149, 148])
        #expect(told.count == 1)
    }

    @Test func `a list never holds more than it shows and its reserve`() throws {
        var list = list([], limit: 2)
        for id in 1...200 { list.apply(frame(10 + id, .taskCreated, task(id))) }
        #expect(ids(try objects(list.takeChanges(at: 0)).first) == [200, 199])
        for id in 149...200 { list.apply(frame(300 + id, .taskDeleted, task(id))) }
        #expect(list.isShort, "those beyond were let go")
    }
}
