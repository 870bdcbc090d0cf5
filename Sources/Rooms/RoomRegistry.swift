public import Events
public import NIOCore

/// The rooms, lists and connections of one event loop, and the head of each tenant as this loop knows it.
///
/// `@unchecked Sendable`: everything is called on the loop but what says that it may come from any thread
/// (``receive(_:)``, ``forget(_:)``, ``drainAll(over:)``, ``describe(_:)``, ``close(in:_:reconnectAfter:where:)``,
/// ``renew(_:in:with:)``); those hop to the loop before they touch anything that changes.
public final class RoomRegistry: @unchecked Sendable {
    public let loop: any EventLoop
    let relay: Relay
    public let limits: RoomLimits

    /// The last number handed to this loop, per tenant; none: nothing yet.
    private var heads: [TenantID: Int] = [:]
    private var rooms: [RoomID: Room] = [:]
    private var lists: [ListID: Members] = [:]
    /// In ten parts, of which one is looked after each tenth of a second.
    private var subscribers: [[Subscriber]] = Array(repeating: [], count: 10)
    private var byID: [ConnectionID: Subscriber] = [:]
    private var count = 0
    private var dirty: [Members] = []
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
        reads = StoreReads(registry: self, atOnce: limits.readsAtOnce)
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

    /// Sweeps `members` at the end of this tick, or at `time` when that is later.
    func schedule(_ members: Members, notBefore time: Int64) {
        if time > now() {
            loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(time))) { members.startSweep() }
            return
        }
        dirty.append(members)
        if dirty.count == 1 { loop.execute { self.sweepDirty() } }
    }

    private func sweepDirty() {
        let due = dirty
        dirty = []
        for members in due { members.startSweep() }
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
    func deliver(_ buffer: FrameBuffer, from start: Int, to subscriber: Subscriber) {
        guard subscriber.state != .closed else { return }
        let bytes = start == 0 ? buffer.bytes : buffer.slice(from: start, to: buffer.count)
        guard let taken = subscriber.sink.send(bytes) else { return drop(subscriber) }
        let count = start == 0 ? buffer.marks.count : buffer.marks.count - buffer.frame(at: start)
        if taken > 0 {
            subscriber.lastWrite = now()
            subscriber.sentBytes += taken
        }
        if taken == bytes.readableBytes {
            subscriber.advance(to: buffer.lastSeq)
            subscriber.sentEvents += count
            return
        }
        // The frame that was cut is finished; those behind it will be read again.
        let cut = start + taken
        let index = buffer.frame(at: cut)
        let mark = buffer.marks[index]
        subscriber.members?.leave(subscriber)
        subscriber.advance(to: mark.seq)
        subscriber.sentEvents += count - (buffer.marks.count - index - 1)
        subscriber.isEnding = buffer.isFinal && index == buffer.marks.count - 1
        wait(subscriber, for: buffer.slice(from: cut, to: mark.end))
    }

    /// Sends bytes that move no cursor: heartbeats and the gateway's own words. What is said before a stream
    /// begins, and to a socket that takes nothing, is kept for it; more than 16 KiB of that, and it is closed as stalled.
    public func send(_ bytes: ByteBuffer, to subscriber: Subscriber) {
        guard subscriber.state != .closed else { return }
        if subscriber.blockedSince != nil || subscriber.unsentHead != nil {
            subscriber.unsaid.writeImmutableBuffer(bytes)
            if subscriber.unsaid.readableBytes > Self.mostUnsaid { drop(subscriber) }
            return
        }
        guard let taken = subscriber.sink.send(bytes) else { return drop(subscriber) }
        if taken > 0 {
            subscriber.lastWrite = now()
            subscriber.sentBytes += taken
        }
        guard taken < bytes.readableBytes else { return }
        if let members = subscriber.members {
            subscriber.cursor = members.reached(by: subscriber)
            members.leave(subscriber)
        }
        wait(subscriber, for: bytes.getSlice(at: bytes.readerIndex + taken, length: bytes.readableBytes - taken)!)
    }

    private func wait(_ subscriber: Subscriber, for rest: ByteBuffer) {
        subscriber.state = .behind
        subscriber.hasMissedPresence = true
        subscriber.blockedSince = now()
        subscriber.sink.queue(rest) { [self] in
            guard subscriber.state != .closed else { return }
            subscriber.blockedSince = nil
            subscriber.lastWrite = now()
            subscriber.sentBytes += rest.readableBytes
            if subscriber.isEnding { return end(subscriber) }
            sayUnsaid(to: subscriber)
            read(subscriber)
        }
    }

    func sayUnsaid(to subscriber: Subscriber) {
        guard subscriber.unsaid.readableBytes > 0, subscriber.blockedSince == nil else { return }
        let unsaid = subscriber.unsaid
        subscriber.unsaid = ByteBuffer()
        send(unsaid, to: subscriber)
    }

    private static let mostUnsaid = 16 << 10

    /// One page of the log for a reader that is behind; at the loop's head it becomes live.
    func read(_ subscriber: Subscriber) {
        guard subscriber.state == .behind, subscriber.blockedSince == nil, !subscriber.isReading,
            subscriber.unsentHead == nil
        else { return }
        let (selection, cursor, end) = subscriber.reading
        switch relay.page(of: subscriber.tenant, after: cursor) {
        case .older: reads.request(subscriber)
        case .frames(let frames):
            var page = FrameBuffer()
            for frame in frames where frame.seq <= end && selection.shows(frame.audience, frame.type) {
                page.append(subscriber.wire.tell(frame), seq: frame.seq)
            }
            give(page, upTo: frames.last?.seq ?? end, to: subscriber)
        }
    }

    /// - Parameter end: every event up to this number is in `page` or is not shown.
    func give(_ page: FrameBuffer, upTo end: Int, to subscriber: Subscriber) {
        if !page.isEmpty { deliver(page, from: 0, to: subscriber) }
        guard subscriber.state == .behind, subscriber.blockedSince == nil else { return }
        if page.isFinal { return self.end(subscriber) }
        subscriber.advance(to: end == .max ? subscriber.cursor : end)
        while let part = subscriber.backfills.first, part.cursor >= part.end { subscriber.backfills.removeFirst() }
        guard subscriber.backfills.isEmpty else { return later { self.read(subscriber) } }
        let head = head(of: subscriber.tenant)
        if subscriber.cursor >= max(head, subscriber.floor) {
            list(for: subscriber).join(subscriber, head: head)
            if subscriber.hasMissedPresence { tellPresenceAgain(subscriber) }
        } else {
            later { self.read(subscriber) }
        }
    }

    // MARK: Coming and going

    func add(_ subscriber: Subscriber) {
        subscriber.part = count % subscribers.count
        subscriber.place = subscribers[subscriber.part].count
        subscribers[subscriber.part].append(subscriber)
        byID[subscriber.id] = subscriber
        count += 1
        if let user = subscriber.selection.user {
            room(RoomID(tenant: subscriber.tenant, audience: .user(user))).assumeIsolated { $0.join(subscriber) }
        }
        if beat == nil { beat = Beat(registry: self) }
    }

    /// The connection is gone, or is to be let go now.
    public func drop(_ subscriber: Subscriber) {
        guard subscriber.state != .closed else { return }
        subscriber.members?.leave(subscriber)
        subscriber.keeper?.leave()
        subscriber.keeper = nil
        subscriber.state = .closed
        byID[subscriber.id] = nil
        let last = subscribers[subscriber.part].removeLast()
        if last !== subscriber {
            subscribers[subscriber.part][subscriber.place] = last
            last.place = subscriber.place
        }
        count -= 1
        if let user = subscriber.selection.user {
            leave(RoomID(tenant: subscriber.tenant, audience: .user(user))) { $0.leave(subscriber) }
        }
        if count == 0 {
            beat?.stop()
            beat = nil
        }
        relay.release(subscriber.tenant, subscriber.user)
        depart(subscriber)
        subscriber.sink.abort()
    }

    /// Ends a stream with its reason as the last event.
    public func close(_ subscriber: Subscriber, _ reason: CloseReason, reconnectAfter: Int?) {
        guard subscriber.state != .closed else { return }
        var last = subscriber.unsentHead ?? ByteBuffer()
        last.writeImmutableBuffer(
            StreamEvents.closing(reason, reconnectAfter: reconnectAfter, on: subscriber.wire, now: relay.now()))
        last.writeImmutableBuffer(subscriber.wire.end(reason))
        if subscriber.blockedSince == nil { subscriber.sink.finish(last) }
        drop(subscriber)
    }

    /// Ends a stream that has told all it had to tell.
    func end(_ subscriber: Subscriber) {
        guard subscriber.state != .closed else { return }
        subscriber.sink.finish(StreamBytes.end)
        drop(subscriber)
    }

    var all: some Sequence<Subscriber> { subscribers.joined() }
    var connections: Int { count }
    func subscriber(_ id: ConnectionID) -> Subscriber? { byID[id] }

    /// The part of the connections that is due in this tenth of a second.
    func part(_ tenth: Int) -> [Subscriber] { subscribers[tenth % subscribers.count] }

    private func list(for subscriber: Subscriber) -> Members {
        let shared = Selection(boards: subscriber.selection.boards, types: subscriber.selection.types)
        let id = ListID(tenant: subscriber.tenant, selection: shared, wire: subscriber.wire)
        if let members = lists[id] { return members }
        let members = Members(tenant: subscriber.tenant, selection: shared, wire: subscriber.wire, registry: self)
        lists[id] = members
        for audience in shared.audiences {
            room(RoomID(tenant: id.tenant, audience: audience)).assumeIsolated { $0.join(members) }
        }
        return members
    }

    /// Forgets a list that nobody is in any more.
    func drop(_ members: Members) {
        let id = ListID(tenant: members.tenant, selection: members.selection, wire: members.wire)
        guard lists[id] === members else { return }
        lists[id] = nil
        for audience in members.selection.audiences {
            leave(RoomID(tenant: id.tenant, audience: audience)) { $0.leave(members) }
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
