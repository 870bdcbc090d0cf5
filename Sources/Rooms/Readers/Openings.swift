import Events
import NIOCore
import StrictJSON
import Text

/// Readers that begin in the same tick of a loop, and what they share: their users arrive together, and what the log
/// holds after the same cursor is read once and encoded once.
///
/// It lives for one call on the loop. One that begins later, because the store had to be read, has an own one.
final class Openings {
    /// A reader whose cursor has been judged.
    struct Beginning {
        let reader: Reader
        var admission: Relay.Admission
        let resumption: Resumption
        var snapshot: StreamRequest.Snapshot?
        var first: FirstPage?

        func with(_ snapshot: StreamRequest.Snapshot) -> Beginning {
            var beginning = self
            beginning.snapshot = snapshot
            return beginning
        }
    }

    /// The events that follow the cursor at once, as they were read when it was judged.
    struct FirstPage {
        let frames: FrameBuffer
        let end: Int
    }

    /// What memory holds after a cursor, for readers that are shown the same.
    private struct Page {
        let tenant: TenantID
        let after: Int
        let wire: Wire
        let boards: Selection.Boards
        let types: TypeFilter
        let frames: FrameBuffer
        let end: Int
    }

    private let hub: LoopHub
    let now: Timestamp
    private var due: [Beginning] = []
    private var page: Page?
    private var standing: (standing: Standing, members: [UInt8])?

    init(_ hub: LoopHub) {
        self.hub = hub
        now = hub.relay.wallClock()
    }

    func add(_ beginning: Beginning) { due.append(beginning) }

    /// Begins all that were added.
    func begin() {
        let due = due.filter { $0.reader.state != .closed }
        self.due = []
        var lists: [EventFrame] = []
        var next = 0
        for (index, beginning) in due.enumerated() {
            if index == next { (lists, next) = arrive(from: index, among: due) }
            beginning.reader.start(beginning, lists, in: self)
        }
    }

    /// Counts in the users of the readers from `index` on that are shown the same boards of the same tenant.
    ///
    /// - Returns: the presence lists of these boards, and the index after these readers.
    private func arrive(from index: Int, among due: [Beginning]) -> (lists: [EventFrame], next: Int) {
        let first = due[index].reader
        guard first.countsAsPresent, let presence = hub.presence else { return ([], index + 1) }
        let rest = due[(index + 1)...].prefix {
            $0.reader.countsAsPresent && $0.reader.tenant == first.tenant
                && $0.reader.selection.boards == first.selection.boards
        }
        let boards = first.selection.boards
        let readers = due[index..<(index + 1 + rest.count)].map(\.reader)
        let (lists, version) = presence.arrive(readers.map(\.user), at: boards, in: first.tenant)
        for reader in readers { reader.presence = .init(boards: boards, version: version) }
        return (lists, index + 1 + rest.count)
    }

    /// What memory holds after `seq`, as `reader` is shown it, and the number at which it ends; nil when only the store
    /// has it.
    func page(for reader: Reader, after seq: Int) -> (frames: FrameBuffer, end: Int)? {
        let selection = reader.selection
        if let page, page.after == seq, page.tenant == reader.tenant, page.wire == reader.wire,
            page.types == selection.types, page.boards == selection.boards
        {
            return (page.frames, page.end)
        }
        guard case .frames(let all) = hub.relay.page(of: reader.tenant, after: seq) else { return nil }
        var frames = FrameBuffer()
        var isShared = true
        for frame in all {
            if case .user = frame.audience { isShared = false }
            guard selection.shows(frame.audience, frame.type) else { continue }
            frames.append(reader.wire.encode(frame: frame), seq: frame.seq)
        }
        let end = all.last?.seq ?? seq
        if isShared {
            page = Page(
                tenant: reader.tenant, after: seq, wire: reader.wire, boards: selection.boards, types: selection.types,
                frames: frames, end: end)
        }
        return (frames, end)
    }

    /// `connection.established` for a reader that begins at `standing`.
    func established(_ reader: Reader, at standing: Standing) -> ByteBuffer {
        if self.standing?.standing != standing {
            self.standing = (standing, standing.members(heartbeat: hub.limits.heartbeat, now: now))
        }
        return StreamEvents.established(reader, at: standing.cursor, self.standing?.members ?? [], hub.limits)
    }
}

/// Where a reader's stream begins: what `connection.established` says to all who begin at the same place.
struct Standing: Equatable {
    let tenant: TenantID
    let boards: Selection.Boards
    /// The tenant's boards.
    let known: Set<BoardID>
    let cursor: Cursor
    let recovered: Bool
    let behind: Int

    /// The members of the event's object from `tenant` on, without the braces.
    func members(heartbeat: Duration, now: Timestamp) -> [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object {
            $0.name("tenant"); $0.string(tenant.rawValue)
            $0.name("boards"); $0.array(boards.listed(from: known)) { $0.string($1.rawValue) }
            $0.name("cursor"); $0.string(cursor.description)
            $0.name("recovered"); $0.bool(recovered)
            $0.name("behind"); $0.int(behind)
            $0.name("heartbeatSeconds"); $0.int(heartbeat.wholeSeconds)
            $0.name("timestamp"); $0.string(now.description)
        }
        return Array(json.bytes.dropFirst().dropLast())
    }
}
