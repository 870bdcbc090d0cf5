/// How the memory that the process may use is shared out: what a setting says, or else a part of it.
public struct MemoryBudgets: Sendable, Equatable {
    /// Bytes of all request bodies that are being worked on.
    public let bodies: Int
    /// Bytes of all large answers until their clients have read them.
    public let answers: Int
    /// Bytes of all that waits for the sockets of streams.
    public let queues: Int
    /// Bytes of the newest events of all tenants, for readers that lag a little.
    public let recentFrames: Int
    /// Bytes of the database that each of the store's connections keeps.
    public let pageCache: Int
    /// Connections that are not streams.
    public let requestConnections: Int

    /// About the memory of a connection on which requests are answered.
    static let connection = 60 << 10

    /// - Parameter memory: bytes that the process may use.
    public init(_ limits: Settings.Limits, of memory: Int = AvailableMemory.bytes) {
        bodies = limits.bodiesBytes ?? min(32 << 20, memory / 16)
        answers = limits.answersBytes ?? min(64 << 20, memory / 16)
        queues = limits.queuesBytes ?? min(64 << 20, memory / 16)
        recentFrames = limits.recentFramesBytes ?? min(256 << 20, memory / 16)
        pageCache = min(16 << 20, memory / 64)
        requestConnections = limits.requestConnections ?? min(4096, memory / 8 / Self.connection)
    }
}
