public import Events
import NIOCore

/// One connection's place in its tenant's log: a cursor, and whether it stands at the head.
///
/// `@unchecked Sendable`: made, used and dropped on one event loop, that of its connection; rooms (actors on that loop)
/// and the loop's hub both refer to it.
public final class Reader: @unchecked Sendable {
    enum State {
        /// Reads pages of the log, or waits until its socket takes bytes again.
        case behind
        /// Gets what its list' list gets.
        case live
        case closed
    }

    /// A frame of the user's own room, and the place in the shared buffer that it belongs before.
    struct Insertion {
        let offset: Int
        let frame: EventFrame
    }

    public let id = ConnectionID.random()
    /// Whose it is, and for how long; a renewed token replaces it.
    public internal(set) var principal: Principal
    /// What it asked for, and what of that it is shown.
    var asked: Selection
    public internal(set) var selection: Selection
    public let wire: Wire
    /// Milliseconds since 1970.
    public let connectedAt: Int
    /// Whether it was told that its token runs out soon.
    var isToldOfExpiry = false
    /// Until when a stream of its kind lives, nanoseconds of the loop's clock.
    let livesUntil: Int64
    /// What its socket has not taken yet is the last that it is told.
    var isEnding = false
    /// Who tells it of a state, if it is told of one, and the last that it was told, by that one's number.
    var stateStream: StateStream?
    var toldVersion = 0
    let snapshotURL: String
    let sink: any Sink

    var state = State.behind
    /// The head of the response, until it goes out with the first event.
    var unsentHead: ByteBuffer?
    /// Everything up to this number has gone to the sink, or is not for this reader.
    var cursor = 0
    /// Where its stream began.
    var beginning = 0
    /// Parts of the log that come before what is behind the cursor, for boards that joined later.
    var backfills: [Backfill] = []
    /// Counts what it was shown: a page that was read for an earlier selection is not given.
    var selections = 0
    /// The tenant's newest number when it was admitted: what came before was perhaps never handed to its loop.
    let floor: Int
    /// The boards that it counts as present in; nil before it does.
    var presentAt: Selection.Boards?
    /// Of the last lists of who is there that it was given, and whether changes to them may have passed it by since.
    var presenceVersion = 0
    var hasMissedPresence = false
    var sentEvents = 0
    var sentBytes = 0
    /// Replays for boards that joined, which wait for the store.
    public internal(set) var resumptions = 0
    /// What is to be said once its socket takes bytes again.
    var unsaid = ByteBuffer()
    /// When bytes last went out, and since when the socket takes none; nanoseconds of the loop's clock.
    var lastWrite: Int64
    var blockedSince: Int64?
    /// A page was asked of the store and has not come.
    var isReading = false
    /// Where it stands in its list' list, and what it is to get of the buffer that is being filled.
    var list: SharedList?
    var index = 0
    var start = 0
    var insertions: [Insertion] = []
    var sweptIn = 0
    /// Where it stands among all of its loop.
    var part = 0
    var place = 0

    public var tenant: TenantID { principal.tenant }
    public var user: UserID { principal.user }
    /// Whether its socket takes nothing for now.
    public var isBlocked: Bool { blockedSince != nil }

    /// What it reads next: a part for boards that joined later, or what follows its cursor.
    var reading: (selection: Selection, cursor: Int, end: Int) {
        backfills.first.map { ($0.selection, $0.cursor, $0.end) } ?? (selection, cursor, .max)
    }

    /// Everything that it reads now has gone out up to `seq`.
    func advance(to seq: Int) {
        if backfills.isEmpty {
            cursor = max(cursor, seq)
        } else {
            backfills[0].cursor = max(backfills[0].cursor, min(seq, backfills[0].end))
        }
    }

    init(_ request: StreamRequest, on sink: any Sink, floor: Int, connectedAt: Int, now: Int64) {
        self.floor = floor
        principal = request.principal
        asked = request.selection
        selection = request.selection.narrowed(to: request.principal.boards)
        wire = request.wire
        snapshotURL = request.snapshotURL
        unsentHead = request.head
        self.sink = sink
        self.connectedAt = connectedAt
        lastWrite = now
        livesUntil = request.lifetime.map { now &+ $0 } ?? .max
    }
}
