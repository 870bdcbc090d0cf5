public import Boards
public import Events
public import StrictJSON
import Synchronization
import Testing

/// A store under test, with a clock of its own and a record of what it announced.
public final class TestStore: Sendable {
    public typealias Make =
        @Sendable (
            Retention, _ now: @escaping @Sendable () -> Timestamp,
            _ uptime: @escaping @Sendable () -> Uptime, _ announce: @escaping @Sendable ([Event]) -> Void
        ) throws -> any BoardStore

    public let store: any BoardStore
    private let record: Record

    private final class Record: Sendable {
        let clock = Mutex(Timestamp(milliseconds: 1_768_473_000_000))
        let uptime = Mutex(Uptime(nanoseconds: 7))
        let announced = Mutex<[Event]>([])
        let groups = Mutex(0)
    }

    public init(retention: Int = 100_000, age: Duration = .seconds(7 * 86_400), _ make: Make) throws {
        let record = Record()
        self.record = record
        store = try make(Retention(count: retention, age: age)) {
            record.clock.withLock { $0 }
        } _: {
            record.uptime.withLock { $0 }
        } _: { events in
            record.announced.withLock { $0 += events }
            record.groups.withLock { $0 += 1 }
        }
    }

    public var announced: [Event] { record.announced.withLock { $0 } }
    /// How often something was announced.
    public var groups: Int { record.groups.withLock { $0 } }
    public var time: Timestamp { record.clock.withLock { $0 } }

    /// Lets time pass, by both clocks.
    public func advance(by time: Duration) {
        record.uptime.withLock { $0 = $0 + time }
        set(by: time)
    }

    /// Sets the clock on the wall, by which no time passes.
    public func set(by time: Duration) { record.clock.withLock { $0 = $0 + time } }
    public func close() async { await store.close() }

    @discardableResult
    public func write(
        _ command: Command, by author: Principal = .ann, once: IdempotencyKey? = nil
    ) async throws(BoardError) -> Commit<Written> {
        try await store.write(command, by: author, once: once)
    }

    @discardableResult
    public func write(
        _ command: TaskCommand, by author: Principal = .ann, once: IdempotencyKey? = nil
    ) async throws(BoardError) -> Commit<BoardTask> {
        try await store.write(command, by: author, once: once)
    }

    @discardableResult
    public func write(
        _ command: BoardCommand, by author: Principal = .ann, once: IdempotencyKey? = nil
    ) async throws(BoardError) -> Commit<Board> {
        try await store.write(command, by: author, once: once)
    }

    @discardableResult
    public func write(
        _ command: JobCommand, by author: Principal = .ann, once: IdempotencyKey? = nil
    ) async throws(BoardError) -> Commit<StoredJob> {
        try await store.write(command, by: author, once: once)
    }

    @discardableResult
    public func create(_ json: String, by author: Principal = .ann, once: IdempotencyKey? = nil) async throws
        -> BoardTask
    {
        try await write(.createTask(TaskDraft(object(json))), by: author, once: once).task
    }

    @discardableResult
    public func patch(_ task: BoardTask, _ json: String, ifVersion version: ExpectedVersion? = nil) async throws
        -> Commit<BoardTask>
    {
        try await write(.updateTask(task.id, TaskPatch(object(json)), ifVersion: version))
    }

    @discardableResult
    public func move(_ task: BoardTask, to status: String, after: BoardTask?) async throws -> Commit<BoardTask> {
        let after = after.map { String($0.id) } ?? "null"
        return try await write(.moveTask(task.id, TaskMove(object(#"{"status":"\#(status)","after":\#(after)}"#))))
    }

    @discardableResult
    public func createBoard(_ json: String, by author: Principal = .ann) async throws -> Board {
        try await write(.createBoard(BoardDraft(object(json))), by: author).board
    }

    /// Names of the tasks in one column of `main`, top to bottom.
    public func column(_ status: String) async throws -> [String] {
        try await store.snapshot(of: .only([.main]), for: .ann).tasks.filter { $0.status == status }.map(\.name)
    }

    /// The log of a tenant from its beginning, read in small pages.
    public func log(of author: Principal = .ann, selection: Selection = Selection(boards: .all)) async throws -> [Event]
    {
        var events: [Event] = []
        var end = 0
        while true {
            let page = try await store.page(
                of: author.tenant, after: end, selection: selection, count: 100, bytes: 1 << 20)
            events += page.events
            if page.end == page.bounds.head { return events }
            try #require(page.end > end)
            end = page.end
        }
    }
}

extension AgeClock {
    /// One by which every time on the wall is as old as it looks at `wall`.
    public static func steady(at wall: Timestamp) -> AgeClock {
        AgeClock(nil, wall: wall, uptime: Uptime(nanoseconds: 0), longest: .zero)
    }
}

extension Principal {
    public static let ann = Principal(tenant: TenantID("acme")!, user: UserID("ann")!)
    public static let bob = Principal(tenant: TenantID("acme")!, user: UserID("bob")!)
    public static let eve = Principal(tenant: TenantID("other")!, user: UserID("ann")!)

    public func seeing(_ boards: String...) -> Principal {
        Principal(tenant: tenant, user: user, boards: .only(Set(boards.map { BoardID($0)! })))
    }
}

extension Event {
    public var object: JSONObject { (try? JSONParser.parse(json).object) ?? JSONObject() }
    public func string(_ name: String) -> String? { object[name]?.string }
    public func int(_ name: String) -> Int? { object[name]?.int }
    public var text: String { String(decoding: json, as: UTF8.self) }
}

public func object(_ json: String) -> JSONObject {
    guard let object = try? JSONParser.parse(json.utf8).object else { preconditionFailure("not an object: \(json)") }
    return object
}

/// The error that `body` throws; none is an issue.
public func refusal(_ body: () async throws -> Void) async -> BoardError? {
    do {
        try await body()
        Issue.record("nothing was refused")
        return nil
    } catch {
        return error as? BoardError
    }
}
