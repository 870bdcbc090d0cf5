public import Events
public import NIOCore

/// A stream to be opened; the edge has checked its token and boards.
public struct StreamRequest: Sendable {
    /// A state to begin with, and the place in the log at which it was read: the events after that place follow it.
    public struct Snapshot: Sendable {
        enum Content {
            /// An object, to be encoded for the stream's wire.
            case json([UInt8])
            case encoded(Encoded)
        }

        let content: Content
        public let cursor: Cursor
        private let room: MemoryRoom?

        /// - Parameter room: what it counts with until it is on its way.
        public init(json: [UInt8], at cursor: Cursor, holding room: MemoryRoom? = nil) {
            content = .json(json)
            self.cursor = cursor
            self.room = room
        }

        /// - Parameter state: as the stream's dialect has it; the stream ends after it if it is the last.
        public init(_ state: Encoded, at cursor: Cursor) {
            content = .encoded(state)
            self.cursor = cursor
            room = nil
        }

        func encoded(on wire: Wire) -> Encoded {
            switch content {
            case .json(let json): Encoded(wire.encode(json: json))
            case .encoded(let state): state
            }
        }
    }

    /// Why there is no state to begin with.
    public enum SnapshotRefusal: Error {
        /// It is too large for a stream: the stream ends, and its client must ask otherwise.
        case tooLarge
        /// There is no room for it now: the client comes back by itself.
        case noRoom
    }

    public let principal: Principal
    /// What was asked for; only the principal's boards are shown of it.
    public let selection: Selection
    public let wire: Wire
    /// The cursor as the client sent it, not checked yet.
    public let cursor: String?
    /// The response's head, which is sent before the first event.
    public let head: ByteBuffer
    /// The URL from which a client that has to start over loads the state.
    public let snapshotURL: String
    public let snapshot: (@Sendable () async throws -> Snapshot)?
    /// How long until it is ended as `max_age`, to within a second; nil for never.
    public let lifetime: Duration?

    public var tenant: TenantID { principal.tenant }

    public init(
        principal: Principal, selection: Selection, wire: Wire = .eventStream, cursor: String?, head: ByteBuffer,
        snapshotURL: String, snapshot: (@Sendable () async throws -> Snapshot)? = nil,
        lifetime: Duration? = nil
    ) {
        self.principal = principal
        self.selection = selection
        self.wire = wire
        self.cursor = cursor
        self.head = head
        self.snapshotURL = snapshotURL
        self.snapshot = snapshot
        self.lifetime = lifetime
    }
}
