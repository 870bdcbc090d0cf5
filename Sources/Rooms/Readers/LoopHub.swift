public import Events
public import NIOCore

/// The rooms, lists and connections of one event loop, and the head of each tenant as this loop knows it.
///
/// `@unchecked Sendable`: everything is called on the loop but what says that it may come from any thread
/// (``receive(_:)``, ``forget(_:)``, ``drainAll(over:)``, ``describe(_:)``, ``close(in:_:reconnectAfter:where:)``,
/// ``renew(_:in:with:)``); those hop to the loop before they touch anything that changes.
public final class LoopHub: @unchecked Sendable {
    public let loop: any EventLoop
    let relay: Relay
    public let limits: RoomLimits

    /// The last number handed to this loop, per tenant; none: nothing yet.
    private var heads: [TenantID: Int] = [:]
    private var rooms: [RoomID: Room] = [:]
    private var lists: [ListID: SharedList] = [:]
    /// In ten parts, of which one is looked after each tenth of a second.
    private var readers: [[Reader]] = Array(repeating: [], count: 10)
    private var byID: [ConnectionID: Reader] = [:]
    private var count = 0
    private var dirty: [SharedList] = []
    private(set) var reads: StoreReads!
    let presence: PresenceHub?
    private var beat: Beat?
    private var versions = 0

    private struct ListID: Hashable {
        let tenant: TenantID
        let selection: Selection
        let wire: Wire
    }

    init(loop: any EventLoop, relay: Relay, limits: RoomLimits, presence: PresenceHub?) {
        self.loop = loop
        self.relay = relay
        self.limits = limits
        self.presence = presence
        reads = StoreReads(hub: self, atOnce: limits.readsAtOnce)
    }

    /// Milliseconds since 1970.
    public var wallClock: Int { relay.now() }
    /// Nanoseconds that only go forward.
    func now() -> Int64 { Int64(loop.now.uptimeNanoseconds) }
    func head(of tenant: TenantID) -> Int { heads[tenant] ?? 0 }

    // MARK: Live

    /// Hands over what was committed; returns at once, from any thread.
    func receive(_ batches: [Relay.Batch]) {
        loop.execute { self.dispatch(batches) }
    }

    /// Nobody of `tenant` is connected any more; its head is told again when somebody comes. From any thread.
    func forget(_ tenant: TenantID) {
        loop.execute { self.heads[tenant] = nil }
    }

    private func dispatch(_ batches: [Relay.Batch]) {
        for batch in batches {
            if batch.head > 0 { heads[batch.tenant] = max(heads[batch.tenant] ?? 0, batch.head) }
            let everyone = rooms[RoomID(tenant: batch.tenant, audience: .tenant)]
            for frame in batch.frames {
                everyone?.assumeIsolated { $0.deliver(frame) }
                if frame.audience == .tenant { continue }
                rooms[RoomID(tenant: batch.tenant, audience: frame.audience)]?.assumeIsolated { $0.deliver(frame) }
            }
        }
    }

    /// Sweeps `list` at the end of this tick, or at `time` when that is later.
    func schedule(_ list: SharedList, notBefore time: Int64) {
        if time > now() {
            loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(time))) { list.startSweep() }
            return
        }
        dirty.append(list)
        if dirty.count == 1 { loop.execute { self.sweepDirty() } }
    }

    private func sweepDirty() {
        let due = dirty
        dirty = []
        for list in due { list.startSweep() }
    }

    /// Goes on after the loop has polled its sockets: an `execute` would run before that.
    func later(_ work: @escaping @Sendable () -> Void) {
        loop.scheduleTask(in: .microseconds(1), work)
    }

    /// Does `work` at `time`, or at the end of this tick when that is past.
    func later(notBefore time: Int64, _ work: @escaping @Sendable () -> Void) {
        if time > now() {
            loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(time)), work)
        } else {
            loop.execute(work)
        }
    }

    /// A number for something that is told, which was never given before.
    func nextVersion() -> Int {
        versions += 1
        return versions
    }

    // MARK: One connection

    /// Sends what lies behind `start` and moves the cursor; whoever can't take all of it reads on from the log.
    func deliver(_ buffer: FrameBuffer, from start: Int, to reader: Reader) {
        guard reader.state != .closed else { return }
        let bytes = start == 0 ? buffer.bytes : buffer.slice(from: start, to: buffer.count)
        guard let taken = reader.sink.send(bytes) else { return drop(reader) }
        let count = start == 0 ? buffer.marks.count : buffer.marks.count - buffer.frame(at: start)
        if taken > 0 {
            reader.lastWrite = now()
            reader.sentBytes += taken
        }
        if taken == bytes.readableBytes {
            reader.advance(to: buffer.lastSeq)
            reader.sentEvents += count
            return
        }
        // The frame that was cut is finished; those behind it will be read again.
        let cut = start + taken
        let index = buffer.frame(at: cut)
        let mark = buffer.marks[index]
        reader.list?.leave(reader)
        reader.advance(to: mark.seq)
        reader.sentEvents += count - (buffer.marks.count - index - 1)
        reader.isEnding = buffer.isFinal && index == buffer.marks.count - 1
        wait(reader, for: buffer.slice(from: cut, to: mark.end))
    }

    /// Sends bytes that move no cursor: heartbeats and the gateway's own words. What is said before a stream
    /// begins, and to a socket that takes nothing, is kept for it; more than 16 KiB of that, and it is closed as stalled.
    public func send(_ bytes: ByteBuffer, to reader: Reader) {
        guard reader.state != .closed else { return }
        if reader.blockedSince != nil || reader.unsentHead != nil {
            reader.unsaid.writeImmutableBuffer(bytes)
            if reader.unsaid.readableBytes > Self.mostUnsaid { drop(reader) }
            return
        }
        guard let taken = reader.sink.send(bytes) else { return drop(reader) }
        if taken > 0 {
            reader.lastWrite = now()
            reader.sentBytes += taken
        }
        guard taken < bytes.readableBytes else { return }
        if let list = reader.list {
            reader.cursor = list.reached(by: reader)
            list.leave(reader)
        }
        wait(reader, for: bytes.getSlice(at: bytes.readerIndex + taken, length: bytes.readableBytes - taken)!)
    }

    private func wait(_ reader: Reader, for rest: ByteBuffer) {
        reader.state = .behind
        reader.hasMissedPresence = true
        reader.blockedSince = now()
        reader.sink.queue(rest) { [self] in
            guard reader.state != .closed else { return }
            reader.blockedSince = nil
            reader.lastWrite = now()
            reader.sentBytes += rest.readableBytes
            if reader.isEnding { return end(reader) }
            sayUnsaid(to: reader)
            read(reader)
        }
    }

    func sayUnsaid(to reader: Reader) {
        guard reader.unsaid.readableBytes > 0, reader.blockedSince == nil else { return }
        let unsaid = reader.unsaid
        reader.unsaid = ByteBuffer()
        send(unsaid, to: reader)
    }

    private static let mostUnsaid = 16 << 10

    /// One page of the log for a reader that is behind; at the loop's head it becomes live.
    func read(_ reader: Reader) {
        guard reader.state == .behind, reader.blockedSince == nil, !reader.isReading,
            reader.unsentHead == nil
        else { return }
        let (selection, cursor, end) = reader.reading
        switch relay.page(of: reader.tenant, after: cursor) {
        case .older: reads.request(reader)
        case .frames(let frames):
            var page = FrameBuffer()
            for frame in frames where frame.seq <= end && selection.shows(frame.audience, frame.type) {
                page.append(reader.wire.tell(frame), seq: frame.seq)
            }
            give(page, upTo: frames.last?.seq ?? end, to: reader)
        }
    }

    /// - Parameter end: every event up to this number is in `page` or is not shown.
    func give(_ page: FrameBuffer, upTo end: Int, to reader: Reader) {
        if !page.isEmpty { deliver(page, from: 0, to: reader) }
        guard reader.state == .behind, reader.blockedSince == nil else { return }
        if page.isFinal { return self.end(reader) }
        reader.advance(to: end == .max ? reader.cursor : end)
        while let part = reader.backfills.first, part.cursor >= part.end { reader.backfills.removeFirst() }
        guard reader.backfills.isEmpty else { return later { self.read(reader) } }
        let head = head(of: reader.tenant)
        if reader.cursor >= max(head, reader.floor) {
            list(for: reader).join(reader, head: head)
            if reader.hasMissedPresence { tellPresenceAgain(reader) }
        } else {
            later { self.read(reader) }
        }
    }

    // MARK: Coming and going

    func add(_ reader: Reader) {
        reader.part = count % readers.count
        reader.place = readers[reader.part].count
        readers[reader.part].append(reader)
        byID[reader.id] = reader
        count += 1
        if let user = reader.selection.user {
            room(RoomID(tenant: reader.tenant, audience: .user(user))).assumeIsolated { $0.join(reader) }
        }
        if beat == nil { beat = Beat(hub: self) }
    }

    /// The connection is gone, or is to be let go now.
    public func drop(_ reader: Reader) {
        guard reader.state != .closed else { return }
        reader.list?.leave(reader)
        reader.stateStream?.leave()
        reader.stateStream = nil
        reader.state = .closed
        byID[reader.id] = nil
        let last = readers[reader.part].removeLast()
        if last !== reader {
            readers[reader.part][reader.place] = last
            last.place = reader.place
        }
        count -= 1
        if let user = reader.selection.user {
            leave(RoomID(tenant: reader.tenant, audience: .user(user))) { $0.leave(reader) }
        }
        if count == 0 {
            beat?.stop()
            beat = nil
        }
        relay.release(reader.tenant, reader.user)
        depart(reader)
        reader.sink.abort()
    }

    /// Ends a stream with its reason as the last event.
    public func close(_ reader: Reader, _ reason: CloseReason, reconnectAfter: Int?) {
        guard reader.state != .closed else { return }
        var last = reader.unsentHead ?? ByteBuffer()
        last.writeImmutableBuffer(
            StreamEvents.closing(reason, reconnectAfter: reconnectAfter, on: reader.wire, now: relay.now()))
        last.writeImmutableBuffer(reader.wire.end(reason))
        if reader.blockedSince == nil { reader.sink.finish(last) }
        drop(reader)
    }

    /// Ends a stream that has told all it had to tell.
    func end(_ reader: Reader) {
        guard reader.state != .closed else { return }
        reader.sink.finish(StreamBytes.end)
        drop(reader)
    }

    var all: some Sequence<Reader> { readers.joined() }
    var connections: Int { count }
    func reader(_ id: ConnectionID) -> Reader? { byID[id] }

    /// The part of the connections that is due in this tenth of a second.
    func part(_ tenth: Int) -> [Reader] { readers[tenth % readers.count] }

    private func list(for reader: Reader) -> SharedList {
        let shared = Selection(boards: reader.selection.boards, types: reader.selection.types)
        let id = ListID(tenant: reader.tenant, selection: shared, wire: reader.wire)
        if let list = lists[id] { return list }
        let list = SharedList(tenant: reader.tenant, selection: shared, wire: reader.wire, hub: self)
        lists[id] = list
        for audience in shared.audiences {
            room(RoomID(tenant: id.tenant, audience: audience)).assumeIsolated { $0.join(list) }
        }
        return list
    }

    /// Forgets a list that nobody is in any more.
    func drop(_ list: SharedList) {
        let id = ListID(tenant: list.tenant, selection: list.selection, wire: list.wire)
        guard lists[id] === list else { return }
        lists[id] = nil
        for audience in list.selection.audiences {
            leave(RoomID(tenant: id.tenant, audience: audience)) { $0.leave(list) }
        }
    }

    private func room(_ id: RoomID) -> Room {
        if let room = rooms[id] { return room }
        let room = Room(of: id.audience, on: loop)
        rooms[id] = room
        return room
    }

    private func leave(_ id: RoomID, _ body: @Sendable (isolated Room) -> Void) {
        guard let room = rooms[id] else { return }
        let isEmpty = room.assumeIsolated { room in
            body(room)
            return room.isEmpty
        }
        if isEmpty { rooms[id] = nil }
    }

    var roomIDs: some Collection<RoomID> { rooms.keys }
}

extension Selection {
    /// The rooms that a list with this selection is in.
    fileprivate var audiences: [Audience] {
        switch boards {
        case .all: [.tenant]
        case .only(let some): [.tenant] + some.map { .board($0) }
        }
    }
}
