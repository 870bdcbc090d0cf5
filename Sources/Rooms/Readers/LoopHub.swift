public import Events
public import NIOCore

/// Holds what belongs to one event loop: its readers, rooms and lists, and the head of each tenant as this loop knows
/// it.
///
/// An event comes as ``receive(_:)`` → ``Room/deliver(_:)`` → ``SharedList/append(_:)``, and at the end of the tick
/// goes on as ``SharedList/sweep()`` → ``Reader/deliver(_:from:)`` → ``Sink/send(_:)``.
///
/// `@unchecked Sendable`: used on its loop alone, but for ``receive(_:)``, ``forget(_:)``, ``drainAll(over:)``,
/// ``describe(_:)`` and ``counters()``, which may be called from any thread and hop to the loop.
public final class LoopHub: @unchecked Sendable {
    public let loop: any EventLoop
    /// Its place among the relay's hubs.
    let number: Int
    let relay: Relay
    public let limits: RoomLimits
    let reads: StoreReads
    let presence: PresenceHub?
    let queued: QueuedBytes

    /// The last event number handed to this loop, for each tenant; none before the first. While no reader of a tenant is
    /// here, nothing is handed over.
    private var heads: [TenantID: Int] = [:]
    private var rooms: [RoomID: Room] = [:]
    private var lists: [ListID: SharedList] = [:]
    private var dirty: [SharedList] = []
    private var versions = 0
    /// When the events that are being dispatched were announced; nil while none are.
    private(set) var announcedAt: Uptime?
    /// The counts without those of open readers; see ``counters()``.
    var counted = LoopCounters()

    /// In ``parts`` parts, of which ``Beat`` looks after one at a time.
    private var readers: [[Reader]] = Array(repeating: [], count: parts)
    private var byID: [ConnectionID: Reader] = [:]
    private(set) var connections = 0
    private var beat: Beat?
    /// Streams to be opened at the end of this tick: at most one for each socket of this loop.
    private var arrivals: [Arrival] = []
    private var scratch = ByteBuffer()
    static let parts = 10

    private struct Arrival {
        let request: StreamRequest
        let sink: any Sink
        let opened: (Result<Reader, RoomError>) -> Void
    }

    private struct ListID: Hashable {
        let tenant: TenantID
        let selection: Selection
        let wire: Wire
    }

    init(loop: any EventLoop, number: Int, relay: Relay, limits: RoomLimits, presence: PresenceHub?) {
        self.loop = loop
        self.number = number
        self.relay = relay
        self.limits = limits
        self.presence = presence
        reads = StoreReads(on: loop, atOnce: limits.readsAtOnce)
        queued = QueuedBytes(relay.queued)
    }

    public var wallClock: Timestamp { relay.wallClock() }
    func uptime() -> Uptime { Uptime(loop.now) }
    func head(of tenant: TenantID) -> Int { heads[tenant] ?? 0 }

    // MARK: Events

    /// Takes committed events and returns at once. Thread-safe.
    func receive(_ batches: [Relay.Batch]) {
        let now = Uptime(NIODeadline.now())
        loop.execute {
            self.announcedAt = now
            self.dispatch(batches)
            self.announcedAt = nil
        }
    }

    /// Forgets a tenant without connections; its head is set again before the next connection. Thread-safe.
    func forget(_ tenant: TenantID) {
        loop.execute { self.heads[tenant] = nil }
    }

    private func dispatch(_ batches: [Relay.Batch]) {
        for batch in batches {
            if batch.restarts { restart(at: batch) }
            if batch.renames { sendBack(batch.tenant) { $0.wire == .webSocket } }
            if batch.skips { skip(to: batch) }
            if batch.head > 0 { heads[batch.tenant] = max(heads[batch.tenant] ?? 0, batch.head) }
            let everyone = rooms[RoomID(tenant: batch.tenant, audience: .tenant)]
            for frame in batch.frames {
                everyone?.assumeIsolated { $0.deliver(frame) }
                if frame.audience == .tenant { continue }
                rooms[RoomID(tenant: batch.tenant, audience: frame.audience)]?.assumeIsolated { $0.deliver(frame) }
            }
        }
    }

    /// Handles a batch that skips events: live readers have to read those from the log.
    private func skip(to batch: Relay.Batch) {
        let live = all.filter { $0.tenant == batch.tenant && $0.state == .live }
        // They leave with the head at which they were live; they read only once the new head is set.
        for reader in live { reader.leaveList() }
        heads[batch.tenant] = max(heads[batch.tenant] ?? 0, batch.head)
        for list in Array(lists.values) where list.tenant == batch.tenant { list.stateStream?.readAgain() }
        for reader in live { reader.read() }
    }

    /// Handles a log that went back to an earlier state: whoever is here comes back with its cursor, and is told then
    /// whether that still counts.
    private func restart(at batch: Relay.Batch) {
        heads[batch.tenant] = batch.head
        sendBack(batch.tenant) { _ in true }
    }

    /// Ends the tenant's connections for which `condition` holds; each comes back at a time of its own.
    ///
    /// A WebSocket's client names its place by the epoch in which its connection began: it has to connect again before it
    /// hears numbers of another.
    private func sendBack(_ tenant: TenantID, where condition: (Reader) -> Bool) {
        for reader in all.filter({ $0.tenant == tenant && condition($0) }) {
            reader.close(.serverDraining, reconnectAfter: StreamEvents.retry(around: limits.retry))
        }
    }

    /// Reads something of the store when its turn comes among this loop's readers; `then` is called on the loop.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value,
        then: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        reads.run(body, then: then)
    }

    // MARK: Sweeps, and what else comes later

    /// Has `list` swept at the end of this tick, or at `time` when that is later.
    func schedule(_ list: SharedList, notBefore time: Uptime) {
        if time > uptime() {
            loop.scheduleTask(deadline: NIODeadline(time)) { list.sweep() }
            return
        }
        dirty.append(list)
        if dirty.count == 1 { loop.execute { self.sweepDirty() } }
    }

    /// The lists with the fewest readers first: they have to wait for a slice of the others at most.
    private func sweepDirty() {
        let due = dirty.count > 1 ? dirty.sorted { $0.count < $1.count } : dirty
        dirty = []
        for list in due { list.sweep() }
    }

    /// Does `work` after the loop has polled its sockets; an `execute` would run before that.
    func later(_ work: @escaping @Sendable () -> Void) {
        loop.scheduleTask(in: .microseconds(1), work)
    }

    /// Does `work` at `time`, or at the end of this tick when that is past.
    func later(notBefore time: Uptime, _ work: @escaping @Sendable () -> Void) {
        if time > uptime() {
            loop.scheduleTask(deadline: NIODeadline(time), work)
        } else {
            loop.execute(work)
        }
    }

    /// A new version number, never given on this loop before.
    func nextVersion() -> Int {
        versions += 1
        return versions
    }

    // MARK: Readers

    /// Opens a stream on `sink`, which has sent nothing yet, at the end of this tick, with all others that come in it.
    ///
    /// - Parameter opened: called once on the loop, with the reader or with the reason for refusing it.
    public func open(
        _ request: StreamRequest, on sink: any Sink,
        opened: @escaping (Result<Reader, RoomError>) -> Void
    ) {
        arrivals.append(Arrival(request: request, sink: sink, opened: opened))
        if arrivals.count == 1 { loop.execute { self.openArrivals() } }
    }

    private func openArrivals() {
        let due = arrivals
        arrivals = []
        let openings = Openings(self)
        let admissions = relay.admit(due.map { ($0.request.tenant, $0.request.principal.user) }, on: number)
        for (arrival, admission) in zip(due, admissions) {
            switch admission {
            case .failure(let error):
                if case .full = error { counted.refused += 1 }
                arrival.opened(.failure(error))
            case .success(nil):
                relay.load(arrival.request.tenant, on: loop).assumeIsolated().whenComplete { result in
                    switch result {
                    case .success: self.open(arrival.request, on: arrival.sink, opened: arrival.opened)
                    case .failure: arrival.opened(.failure(.unavailable))
                    }
                }
            case .success(let admission?):
                let reader = Reader(
                    arrival.request, on: arrival.sink, of: self, floor: admission.head, connectedAt: openings.now)
                add(reader)
                arrival.opened(.success(reader))
                reader.begin(arrival.request, admission, in: openings)
            }
        }
        openings.begin()
    }

    // MARK: Memory that openings use in turn

    /// An empty buffer; given back to ``keepScratch(_:)``, if it is.
    func takeScratch() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &scratch)
        taken.clear(minimumCapacity: 2048)
        return taken
    }

    func keepScratch(_ bytes: ByteBuffer) { if bytes.capacity <= Self.mostScratch { scratch = bytes } }

    private static let mostScratch = 65_536

    private func add(_ reader: Reader) {
        reader.tabled.part = connections % Self.parts
        reader.tabled.index = readers[reader.tabled.part].count
        readers[reader.tabled.part].append(reader)
        byID[reader.id] = reader
        connections += 1
        counted.opened += 1
        if let user = reader.selection.user {
            room(RoomID(tenant: reader.tenant, audience: .user(user))).assumeIsolated { $0.join(reader) }
        }
        if beat == nil { beat = Beat(hub: self) }
    }

    /// Forgets a reader that has ended.
    func remove(_ reader: Reader) {
        byID[reader.id] = nil
        let last = readers[reader.tabled.part].removeLast()
        if last !== reader {
            readers[reader.tabled.part][reader.tabled.index] = last
            last.tabled.index = reader.tabled.index
        }
        connections -= 1
        if let user = reader.selection.user {
            leave(RoomID(tenant: reader.tenant, audience: .user(user))) { $0.leave(reader) }
        }
        if connections == 0 {
            beat?.stop()
            beat = nil
        }
        relay.release(reader.tenant, reader.user, on: number)
    }

    var all: some Sequence<Reader> { readers.joined() }
    func reader(_ id: ConnectionID) -> Reader? { byID[id] }
    func part(_ number: Int) -> [Reader] { readers[number] }

    // MARK: Rooms and lists

    /// The list of the readers that are shown the same events as `reader`; made on first use.
    func list(for reader: Reader) -> SharedList {
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

    /// Forgets a list that has no readers left.
    func remove(_ list: SharedList) {
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
