import Text

/// A dotted name: `task.created`. Lower-case letters, digits and `_` between dots, at least two parts, 64 bytes at most.
public struct EventType: Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is a dotted name.
    public init?(_ rawValue: String) {
        guard rawValue.utf8.count <= 64 else { return nil }
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.allows) }) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ known: StaticString) { rawValue = "\(known)" }

    private static func allows(_ byte: UInt8) -> Bool {
        byte.isASCIILowercase || byte.isASCIIDigit || byte == UInt8(ascii: "_")
    }

    public static let taskCreated = EventType("task.created" as StaticString)
    public static let taskUpdated = EventType("task.updated" as StaticString)
    public static let taskDeleted = EventType("task.deleted" as StaticString)
    public static let taskStatusChanged = EventType("task.status_changed" as StaticString)
    public static let boardCreated = EventType("board.created" as StaticString)
    public static let boardUpdated = EventType("board.updated" as StaticString)
    public static let boardDeleted = EventType("board.deleted" as StaticString)

    public static let jobCreated = EventType("job.created" as StaticString)
    public static let jobProgress = EventType("job.progress" as StaticString)
    public static let jobCompleted = EventType("job.completed" as StaticString)
    public static let jobFailed = EventType("job.failed" as StaticString)

    /// Those of the log that the gateway makes; all others there were published.
    public static let ofChanges = [
        taskCreated, taskUpdated, taskDeleted, taskStatusChanged, boardCreated, boardUpdated, boardDeleted, jobCreated,
        jobProgress, jobCompleted, jobFailed,
    ]

    public static let presenceState = EventType("presence.state" as StaticString)
    public static let presenceJoined = EventType("presence.joined" as StaticString)
    public static let presenceLeft = EventType("presence.left" as StaticString)
    /// The one name without a dot: the gateway's alone, and made from no text.
    public static let typing = EventType("typing" as StaticString)

    /// The first part: `task` of `task.created`.
    public var family: Substring { rawValue.prefix { $0 != "." } }

    /// Families that the gateway speaks in; nobody may publish in them.
    public static let reservedFamilies: Set<Substring> = [
        "task", "board", "job", "stream", "connection", "presence", "typing", "token", "init",
    ]

    public var description: String { rawValue }
}
