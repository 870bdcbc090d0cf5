public import Events
import NIOCore

/// One connection that reads its tenant's log: its place in the log, and what its socket has taken.
///
/// ``LoopHub/open(_:on:opened:)`` makes it. `@unchecked Sendable`: it is used on its hub's event loop alone, which is
/// its connection's. After it has ended, every call does nothing.
public final class Reader: @unchecked Sendable {
    enum State {
        /// Reads pages of the log, or waits until its socket takes bytes again.
        case lagging
        /// Gets the events of its ``SharedList`` as they come.
        case live
        case closed
    }

    let hub: LoopHub
    let sink: any Sink
    public let id = ConnectionID.random()
    public let wire: Wire
    let snapshotURL: String
    public let connectedAt: Timestamp
    /// What administrators are told of its client.
    public var client = ClientLabel()
    /// When a stream of its kind ends.
    let livesUntil: Uptime

    /// Its user, permissions and expiry; a renewed token replaces it.
    public internal(set) var principal: Principal
    /// The selection that it asked for, and the part of it that it is shown.
    var asked: Selection
    public internal(set) var selection: Selection
    /// Counts the selections: a page that was read for an earlier one is thrown away.
    var selections = 0
    /// Replays for boards that joined, which wait for the store.
    public internal(set) var resumptions = 0
    /// Work requested before its stream began; ``start(_:_:_:_:)`` does it.
    var onStart: [() -> Void] = []

    var log: LogPlace
    var listed = ListPlace()
    var output: Output
    var presence = PresencePlace()
    /// Its place in the hub's table.
    var tabled = TablePlace()
    var sent = Sent()
    /// The state that it is sent instead of events, and that state's version when it was last sent; see ``StateStream``.
    var stateStream: StateStream?
    var stateVersion = 0

    // Together, since each would take a word alone.
    var state = State.lagging
    /// A page has been requested from the store and has not arrived.
    var isReading = false
    /// It was sent `token.expiring` for its current token.
    var knowsOfExpiry = false

    public var tenant: TenantID { principal.tenant }
    public var user: UserID { principal.user }
    /// Whether its socket takes nothing for now.
    public var isBlocked: Bool { output.blockedSince != nil }
    /// Whether its stream has begun: the response's head is out.
    var hasStarted: Bool { output.unsentHead == nil }

    /// - Parameter floor: the tenant's newest number at its admission.
    init(_ request: StreamRequest, on sink: any Sink, of hub: LoopHub, floor: Int, connectedAt: Timestamp) {
        let now = hub.uptime()
        self.hub = hub
        self.sink = sink
        self.connectedAt = connectedAt
        principal = request.principal
        asked = request.selection
        selection = request.selection.narrowed(to: request.principal.boards)
        wire = request.wire
        snapshotURL = request.snapshotURL
        livesUntil = request.lifetime.map { now + $0 } ?? .never
        log = LogPlace(floor: floor)
        output = Output(unsentHead: request.head, lastWrite: now)
    }
}
