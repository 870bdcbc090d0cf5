import Boards
import Events
import NIOCore
import Rooms
import StrictJSON

/// The newest tasks of one status on the boards that a stream shows, kept up to date by the events of those boards.
///
/// It keeps ``reserve`` tasks more than it shows, so that older ones can move up when some leave; when those are used
/// up and the store has more, ``isShort`` is true and the list is read again.
struct TaskList: StreamState {
    struct Shape: Equatable {
        let status: String
        /// Tasks shown.
        let limit: Int
        /// Whether changes are sent instead of the whole list.
        let sendsChanges: Bool
    }

    static let reserve = 50
    /// The events that can change a list.
    static let types = TypeFilter(list: "task.*,board.deleted")!

    let shape: Shape
    /// Tasks shown: fewer than asked for when they are large.
    private let limit: Int
    private(set) var seq: Int
    /// The newest first.
    private var tasks: [BoardTask]
    /// Whether the store has no older ones.
    private var isComplete: Bool
    /// What streams were last sent, and the tasks that an event has added since.
    private var sent: [BoardTask]
    private var arrived: Set<Int> = []

    /// - Parameter tasks: the newest of the store, the newest first: `limit` + ``reserve`` of them, all when there are
    ///   fewer, or as many as had room.
    init(_ shape: Shape, _ tasks: [BoardTask], isCut: Bool = false, at seq: Int, after before: TaskList? = nil) {
        self.shape = shape
        self.tasks = tasks
        self.seq = seq
        limit = isCut ? min(shape.limit, max(1, tasks.count * 3 / 4)) : shape.limit
        isComplete = !isCut && tasks.count < shape.limit + Self.reserve
        sent = before?.sent ?? Array(tasks.prefix(limit))
        arrived = before?.arrived ?? []
    }

    var isShort: Bool { !isComplete && tasks.count < limit || tasks.count > limit && footprint > Self.mostBytes }
    private var shown: ArraySlice<BoardTask> { tasks.prefix(limit) }
    var footprint: Int { tasks.reduce(0) { $0 + $1.footprint } + sent.count * 100 }

    /// It is read again, and cut, when its tasks have become larger.
    static let mostBytes = 2 * NewestTasks.mostBytes

    // MARK: Events

    mutating func apply(_ frame: EventFrame) {
        guard frame.seq > seq else { return }
        seq = frame.seq
        if frame.type == .boardDeleted {
            guard case .board(let board) = frame.audience else { return }
            tasks.removeAll { $0.board == board }
            return
        }
        guard let object = try? JSONParser.parse(frame.json.readableBytesView).object else { return }
        let task = object["task"]?.object.flatMap { BoardTask($0) }
        guard let id = task?.id ?? object["taskId"]?.int else { return }
        if let task, frame.type != .taskDeleted, task.status == shape.status { put(task) } else { remove(id) }
    }

    private mutating func put(_ task: BoardTask) {
        if let index = tasks.firstIndex(where: { $0.id == task.id }) {
            tasks[index] = task
            return
        }
        let place = tasks.firstIndex { $0.id < task.id } ?? tasks.count
        // Older than all known tasks: its place is among those that are only in the store.
        guard isComplete || place < tasks.count else { return }
        tasks.insert(task, at: place)
        if !sent.contains(where: { $0.id == task.id }) { arrived.insert(task.id) }
        guard tasks.count > limit + Self.reserve else { return }
        arrived.remove(tasks.removeLast().id)
        isComplete = false
    }

    private mutating func remove(_ id: Int) {
        tasks.removeAll { $0.id == id }
        arrived.remove(id)
    }

    // MARK: Encoded

    func whole(at now: Timestamp) -> ByteBuffer {
        message("init", now) {
            $0.tasks("tasks", sent[...])
            $0.name("count"); $0.int(sent.count)
        }
    }

    mutating func takeChanges(at now: Timestamp) -> ByteBuffer? {
        let before = Dictionary(uniqueKeysWithValues: sent.map { ($0.id, $0.version) })
        let after = Set(shown.map(\.id))
        let added = shown.filter { before[$0.id] == nil }
        let changed = shown.filter { task in before[task.id].map { $0 != task.version } == true }
        let removed = sent.map(\.id).filter { !after.contains($0) }
        guard !added.isEmpty || !changed.isEmpty || !removed.isEmpty else { return nil }
        let new = added.count { arrived.contains($0.id) }
        sent = Array(shown)
        // A task that was not shown when it arrived is not announced when it moves up later.
        arrived = []
        var bytes =
            shape.sendsChanges
            ? message("delta", now) {
                $0.tasks("added", added[...])
                $0.tasks("changed", changed[...])
                $0.name("removed"); $0.array(removed) { $0.int($1) }
                $0.name("count"); $0.int(sent.count)
                $0.name("newTasksCount"); $0.int(new)
            }
            : message("update", now) {
                $0.tasks("tasks", sent[...])
                $0.name("count"); $0.int(sent.count)
                $0.name("newTasksCount"); $0.int(new)
            }
        if new > 0 {
            let notification = message("notification", now) {
                $0.name("message"); $0.string("\(new) new task\(new == 1 ? "" : "s") generated")
                $0.name("severity"); $0.string("info")
            }
            bytes.writeImmutableBuffer(notification)
        }
        return bytes
    }

    private func message(_ type: String, _ now: Timestamp, _ body: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter(reserving: 256 + sent.count * 400)
        json.object {
            $0.name("type"); $0.string(type)
            body(&$0)
            $0.name("timestamp"); $0.int(now.milliseconds)
        }
        return StreamBytes.block(json: json.bytes)
    }
}

extension JSONWriter {
    fileprivate mutating func tasks(_ name: StaticString, _ tasks: ArraySlice<BoardTask>) {
        self.name(name)
        array(tasks) { $1.write(into: &$0) }
    }
}
