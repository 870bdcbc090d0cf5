public import Events
public import NIOCore

/// A stream that somebody asked for and may have; the edge has checked token and boards.
public struct StreamRequest: Sendable {
    /// State to begin with, and the number that it is true at.
    public struct Snapshot: Sendable {
        public let json: [UInt8]
        public let seq: Int

        public init(json: [UInt8], seq: Int) {
            self.json = json
            self.seq = seq
        }
    }

    public let tenant: TenantID
    public let user: UserID
    public let selection: Selection
    /// As the client sent it.
    public let cursor: String?
    /// Milliseconds since 1970 after which the token is no longer good.
    public let expiresAt: Int
    /// What is sent before the first event: the response's head.
    public let head: ByteBuffer
    /// Where a client that has to begin anew finds the state.
    public let snapshotURL: String
    public let snapshot: (@Sendable () async throws -> Snapshot)?

    public init(
        tenant: TenantID, user: UserID, selection: Selection, cursor: String?, expiresAt: Int, head: ByteBuffer,
        snapshotURL: String, snapshot: (@Sendable () async throws -> Snapshot)? = nil
    ) {
        self.tenant = tenant
        self.user = user
        self.selection = selection
        self.cursor = cursor
        self.expiresAt = expiresAt
        self.head = head
        self.snapshotURL = snapshotURL
        self.snapshot = snapshot
    }
}
