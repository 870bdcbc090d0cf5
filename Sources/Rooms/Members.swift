import Events
import Glibc
import NIOCore

/// Connections on one event loop that are shown the same events, and so the same bytes.
///
/// A tick's frames gather in one buffer; a sweep gives that buffer to everyone in one `send` each. What comes in
/// while a sweep runs goes into the next. `@unchecked Sendable`: touched on its loop alone.
final class Members: @unchecked Sendable {
    let tenant: TenantID
    let selection: Selection
    let wire: Wire
    private unowned let registry: RoomRegistry

    /// Nil where somebody left during a sweep.
    private var subscribers: ContiguousArray<Subscriber?> = []
    private var holes = 0
    /// Readers that have already been given events beyond this loop's head: they begin with the first one after.
    private var arrivals: [Subscriber] = []
    private var filling = FrameBuffer()
    private var cursor = 0
    private var hasInsertions = false

    private var sweeping: FrameBuffer?
    private var sweep = 0
    private var position = 0
    private var end = 0
    private var lastSweep = Int64.min / 2
    private var isScheduled = false

    init(tenant: TenantID, selection: Selection, wire: Wire, registry: RoomRegistry) {
        self.tenant = tenant
        self.selection = selection
        self.wire = wire
        self.registry = registry
    }

    var isEmpty: Bool { subscribers.count == holes && arrivals.isEmpty }

    // MARK: Coming and going

    /// Makes `subscriber`, who has everything up to its cursor, live.
    /// - Parameter head: the last number handed to this loop, not above the subscriber's cursor.
    func join(_ subscriber: Subscriber, head: Int) {
        subscriber.state = .live
        subscriber.members = self
        if subscriber.cursor > head { arrivals.append(subscriber) } else { activate(subscriber) }
    }

    private func activate(_ subscriber: Subscriber) {
        subscriber.start = filling.count
        subscriber.sweptIn = sweep
        subscriber.index = subscribers.count
        subscribers.append(subscriber)
    }

    func leave(_ subscriber: Subscriber) {
        subscriber.members = nil
        subscriber.insertions = []
        if let index = arrivals.firstIndex(where: { $0 === subscriber }) {
            arrivals.remove(at: index)
        } else if sweeping != nil {
            subscribers[subscriber.index] = nil
            holes += 1
        } else {
            subscribers.swapAt(subscriber.index, subscribers.count - 1)
            subscribers[subscriber.index]?.index = subscriber.index
            subscribers.removeLast()
        }
        if isEmpty, sweeping == nil { registry.drop(self) }
    }

    // MARK: Gathering

    /// Puts a frame into the buffer for the next sweep.
    func append(_ frame: EventFrame) {
        guard selection.types.wants(frame.type) else { return }
        let telling = wire.tell(frame)
        if frame.seq > 0 {
            cursor = frame.seq
            if !arrivals.isEmpty { begin(before: frame.seq) }
        }
        guard let telling else { return }
        if frame.seq == 0 {
            // They stand at the head already, only this loop does not.
            for arrival in arrivals { registry.send(telling.bytes, to: arrival) }
        }
        filling.append(telling, seq: cursor)
        request()
    }

    /// Those whose cursor lies before `seq` get it and all that follow.
    private func begin(before seq: Int) {
        arrivals.removeAll { subscriber in
            guard subscriber.cursor < seq else { return false }
            activate(subscriber)
            return true
        }
    }

    /// Puts a frame that only `subscriber` gets in its place among the others.
    func insert(_ frame: EventFrame, for subscriber: Subscriber) {
        if frame.seq > 0 {
            guard frame.seq > subscriber.cursor else { return }
            if !arrivals.isEmpty { begin(before: frame.seq) }
        } else if arrivals.contains(where: { $0 === subscriber }) {
            if let telling = wire.tell(frame) { registry.send(telling.bytes, to: subscriber) }
            return
        }
        // Its part of the sweep under way comes first.
        if sweeping != nil, subscriber.sweptIn != sweep { give(subscriber) }
        guard subscriber.state == .live else { return }
        subscriber.insertions.append(.init(offset: filling.count, frame: frame))
        hasInsertions = true
        request()
    }

    // MARK: Sweeping

    private func request() {
        guard !isScheduled, sweeping == nil else { return }
        isScheduled = true
        registry.schedule(self, notBefore: lastSweep &+ registry.limits.coalesce)
    }

    /// Gives what has gathered to everyone, a slice of connections at a time.
    func startSweep() {
        isScheduled = false
        guard sweeping == nil else { return }
        lastSweep = registry.now()
        sweeping = filling
        filling = FrameBuffer()
        hasInsertions = false
        sweep += 1
        position = 0
        end = subscribers.count
        continueSweep()
    }

    private func continueSweep() {
        let stop = min(position + registry.limits.slice, end)
        while position < stop {
            if let subscriber = subscribers[position], subscriber.sweptIn != sweep { give(subscriber) }
            position += 1
        }
        if position < end {
            // The store and the router have threads of their own, which may have to share this one's core.
            sched_yield()
            registry.later { [self] in continueSweep() }
        } else {
            if sweeping?.isFinal == true { endAll() }
            sweeping = nil
            close()
        }
    }

    /// Whoever got the last there is; the others get its rest first.
    private func endAll() {
        for case let subscriber? in subscribers where subscriber.state == .live { registry.end(subscriber) }
    }

    private func close() {
        if holes > 0 {
            subscribers.removeAll { $0 == nil }
            for index in subscribers.indices { subscribers[index]?.index = index }
            holes = 0
        }
        if isEmpty {
            registry.drop(self)
        } else if !filling.isEmpty || hasInsertions {
            request()
        }
    }

    /// The highest number of which `subscriber` is sure to have everything that it is shown.
    func reached(by subscriber: Subscriber) -> Int {
        var reached = registry.head(of: tenant)
        if sweeping != nil, subscriber.sweptIn != sweep {
            reached = min(reached, sweeping?.firstSeq(from: subscriber.start) ?? .max)
        } else {
            reached = min(reached, filling.firstSeq(from: subscriber.start) ?? .max)
        }
        if let insertion = subscriber.insertions.first(where: { $0.frame.seq > 0 }) {
            reached = min(reached, insertion.frame.seq - 1)
        }
        return max(reached, subscriber.cursor)
    }

    private func give(_ subscriber: Subscriber) {
        subscriber.sweptIn = sweep
        guard let shared = sweeping else { return }
        let start = subscriber.start
        subscriber.start = 0
        if subscriber.insertions.isEmpty {
            if start < shared.count { registry.deliver(shared, from: start, to: subscriber) }
            return
        }
        var own = FrameBuffer()
        var offset = start
        var seq = subscriber.cursor
        for insertion in subscriber.insertions {
            own.append(shared, from: offset, to: insertion.offset)
            offset = max(offset, insertion.offset)
            seq = max(seq, own.lastSeq, insertion.frame.seq)
            own.append(wire.tell(insertion.frame), seq: seq)
        }
        own.append(shared, from: offset, to: shared.count)
        subscriber.insertions = []
        if own.isEmpty { return }
        registry.deliver(own, from: 0, to: subscriber)
        if own.isFinal, subscriber.state == .live { registry.end(subscriber) }
    }
}

extension Subscriber {
    /// A frame of this user's own room, if it stands at the head; otherwise it will read it in the log.
    func insert(_ frame: EventFrame) {
        guard state == .live, let members else { return }
        members.insert(frame, for: self)
    }
}
