/// What was announced, by number. Boardcast's memory: replay, slow readers and polling all read here.
public protocol EventLog: Sendable {
    /// The epoch in which numbers are given now.
    var epoch: Epoch { get }

    /// The newest number and the oldest that is still held; `head` 0 and `oldest` 1 for a tenant that has none yet.
    func bounds(of tenant: TenantID) async throws(StoreFailure) -> LogBounds

    /// Events numbered above `seq`, oldest first, shown by `selection`.
    ///
    /// The page ends after `count` events, after `bytes` bytes of JSON (at least one event is given), or at the head.
    /// ``LogPage/end`` is how far the store looked: beyond the last event where the selection left some out. When the
    /// event after `seq` is missing or can't be read, the page's bounds begin after it.
    func page(
        of tenant: TenantID, after seq: Int, selection: Selection, count: Int, bytes: Int
    ) async throws(StoreFailure) -> LogPage

    /// The newest `count` events shown by `selection`, oldest first, ending at the head: of ``LogPage/newestBytes`` bytes
    /// of JSON at most, or one.
    func newest(of tenant: TenantID, selection: Selection, count: Int) async throws(StoreFailure) -> LogPage

    /// The end of the log, for all audiences: dense, oldest first, ending at the head, `count`
    /// events and `bytes` bytes of JSON at most. For the relay's own memory, never for a reader.
    func tail(of tenant: TenantID, count: Int, bytes: Int) async throws(StoreFailure) -> LogPage
}

/// What the fan-out reads of a store: the log, and which boards there are.
public protocol TenantHistory: EventLog {
    /// Every board of the tenant, whoever may see it; `main` alone for a tenant that never wrote.
    func boardIDs(of tenant: TenantID) async throws(StoreFailure) -> Set<BoardID>
}

public struct LogBounds: Sendable, Equatable {
    public let epochs: Epochs
    public let head: Int
    public let oldest: Int

    public init(epochs: Epochs, head: Int, oldest: Int) {
        self.epochs = epochs
        self.head = head
        self.oldest = oldest
    }

    /// The place after the newest event.
    public var cursor: Cursor { epochs.cursor(at: head) }
}

public struct LogPage: Sendable {
    public let events: [Event]
    /// Every event up to this number was looked at.
    public let end: Int
    /// As they were in the same read transaction.
    public let bounds: LogBounds

    /// The most bytes of events that are read without a cursor.
    public static let newestBytes = 1 << 20

    public init(events: [Event], end: Int, bounds: LogBounds) {
        self.events = events
        self.end = end
        self.bounds = bounds
    }
}
