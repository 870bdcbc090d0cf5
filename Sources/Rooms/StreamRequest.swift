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
    public let grant: Grant
    /// What was asked for; of it, the grant's boards are shown.
    public let selection: Selection
    public let wire: Wire
    /// As the client sent it.
    public let cursor: String?
    /// What is sent before the first event: the response's head.
    public let head: ByteBuffer
    /// Where a client that has to begin anew finds the state.
    public let snapshotURL: String
    public let snapshot: (@Sendable () async throws -> Snapshot)?

    public init(
        tenant: TenantID, grant: Grant, selection: Selection, wire: Wire = .eventStream, cursor: String?,
        head: ByteBuffer, snapshotURL: String, snapshot: (@Sendable () async throws -> Snapshot)? = nil
    ) {
        self.tenant = tenant
        self.grant = grant
        self.selection = selection
        self.wire = wire
        self.cursor = cursor
        self.head = head
        self.snapshotURL = snapshotURL
        self.snapshot = snapshot
    }
}
