public import Events
import NIOCore

/// One connection's place in its tenant's log: a cursor, and whether it stands at the head.
///
/// `@unchecked Sendable`: made, used and dropped on one event loop, that of its connection; rooms (actors on that loop)
/// and the loop's registry both refer to it.
public final class Subscriber: @unchecked Sendable {
    enum State {
        /// Reads pages of the log, or waits until its socket takes bytes again.
        case behind
        /// Gets what its members' list gets.
        case live
        case closed
    }

    /// A frame of the user's own room, and the place in the shared buffer that it belongs before.
    struct Insertion {
        let offset: Int
        let frame: EventFrame
    }

    public let id = ConnectionID.random()
    public let tenant: TenantID
    public let user: UserID
    public let selection: Selection
    /// Milliseconds since 1970.
    public let connectedAt: Int
    /// Milliseconds since 1970 after which its token is no longer good.
    public let expiresAt: Int
    let snapshotURL: String
    let sink: any Sink

    var state = State.behind
    /// The head of the response, until it goes out with the first event.
    var unsentHead: ByteBuffer?
    /// Everything up to this number has gone to the sink, or is not for this reader.
    var cursor = 0
    /// The tenant's newest number when it was admitted: what came before was perhaps never handed to its loop.
    let floor: Int
    var sentEvents = 0
    /// When bytes last went out, and since when the socket takes none; nanoseconds of the loop's clock.
    var lastWrite: Int64
    var blockedSince: Int64?
    /// A page was asked of the store and has not come.
    var isReading = false
    /// Where it stands in its members' list, and what it is to get of the buffer that is being filled.
    var members: Members?
    var index = 0
    var start = 0
    var insertions: [Insertion] = []
    var sweptIn = 0
    /// Where it stands among all of its loop.
    var part = 0
    var place = 0

    init(_ request: StreamRequest, on sink: any Sink, floor: Int, connectedAt: Int, now: Int64) {
        self.floor = floor
        tenant = request.tenant
        user = request.user
        selection = request.selection
        expiresAt = request.expiresAt
        snapshotURL = request.snapshotURL
        unsentHead = request.head
        self.sink = sink
        self.connectedAt = connectedAt
        lastWrite = now
    }
}
