public import Events
import StrictJSON

/// A filter and page of a list of tasks; members that are nil do not filter.
public struct TaskQuery: Sendable {
    public static let limits = 1...200

    /// `all` stands for every board that the author may see.
    public var boards = Selection.Boards.all
    public var status: String?
    public var assignee: UserID?
    public var label: String?
    /// A text to be found in name or description, ignoring case.
    public var text: TextSearch?
    /// Tasks in a page.
    public var limit: Int { didSet { limit = min(max(limit, 1), Self.limits.upperBound) } }
    /// Where the page before ended.
    public var after: PageMark?

    public init() { limit = 50 }

    /// Whether `task` passes the filter; boards and page are not considered.
    public func matches(_ task: BoardTask) -> Bool {
        if let status, task.status != status { return false }
        if let assignee, task.assignee != assignee { return false }
        if let label, !task.labels.contains(where: { $0.hasSameBytes(as: label) }) { return false }
        if let text, !text.isFound(in: task.name), !text.isFound(in: task.description) { return false }
        return true
    }
}

/// Where a page of tasks ended; opaque on the wire, and hostile input when it comes back.
public struct PageMark: Sendable, Hashable, CustomStringConvertible {
    /// The last task's id.
    public let id: Int

    public init(id: Int) { self.id = id }

    /// Nil unless `text` is what ``description`` makes.
    public init?(_ text: String) {
        guard text.utf8.count <= 16, text.hasPrefix("t"), let id = Int(text.dropFirst(), radix: 36), id >= 0 else {
            return nil
        }
        self.init(id: id)
        guard description.hasSameBytes(as: text) else { return nil }
    }

    public var description: String { "t" + String(id, radix: 36) }
}

/// One page of the tasks that a ``TaskQuery`` asks for.
public struct TaskPage: Sendable {
    public let items: [BoardTask]
    /// Nil at the end.
    public let next: PageMark?

    /// The memory of a page's tasks, as ``BoardTask/footprint`` counts it: a page ends early when it is used up, with one
    /// task at least.
    public static let mostBytes = 1 << 20

    public init(items: [BoardTask], next: PageMark?) {
        self.items = items
        self.next = next
    }
}
