import Events
import Glibc
import NIOCore

/// Connections on one event loop that are shown the same events, and so the same bytes.
///
/// A tick's frames gather in one buffer; a sweep sends that buffer to each reader in one write. What comes in while a
/// sweep runs goes into the next. `@unchecked Sendable`: touched on its loop alone.
final class SharedList: @unchecked Sendable {
    let tenant: TenantID
    let selection: Selection
    let wire: Wire
    private let hub: LoopHub

    /// Nil where a reader left during a sweep.
    private var readers: ContiguousArray<Reader?> = []
    private var holes = 0
    /// Readers that have already been sent events beyond this loop's head: they begin with the first one after their
    /// cursor.
    private var arrivals: [Reader] = []
    private var filling = FrameBuffer()
    private var cursor = 0
    private var hasInsertions = false
    /// When the first of the events that wait for the next sweep was announced; nil where that is not known.
    private var fillingSince: Uptime?

    private var sweeping: FrameBuffer?
    private var sweepingSince: Uptime?
    private var sweepNumber = 0
    private var position = 0
    private var end = 0
    private var lastSweep = Uptime.distantPast
    private var isScheduled = false

    /// Sends its connections a state instead of events, if their wire is a ``StateDialect``.
    private(set) var stateStream: StateStream?

    init(tenant: TenantID, selection: Selection, wire: Wire, hub: LoopHub) {
        self.tenant = tenant
        self.selection = selection
        self.wire = wire
        self.hub = hub
        if case .dialect(let dialect as any StateDialect) = wire {
            stateStream = StateStream(dialect, for: self, hub: hub)
        }
    }

    var count: Int { readers.count }
    var everyone: [Reader] { readers.compactMap { $0 } + arrivals }
    var isEmpty: Bool { readers.count == holes && arrivals.isEmpty && (stateStream?.readers ?? 0) == 0 }

    // MARK: Joining and leaving

    /// Makes `reader`, which has every event up to its cursor, live.
    /// - Parameter head: the last number handed to this loop, not above the reader's cursor.
    func join(_ reader: Reader, head: Int) {
        reader.state = .live
        reader.listed.list = self
        if reader.log.cursor > head { arrivals.append(reader) } else { activate(reader) }
        stateStream?.welcome(reader)
    }

    private func activate(_ reader: Reader) {
        reader.listed.start = filling.count
        reader.listed.sweep = sweepNumber
        reader.listed.index = readers.count
        readers.append(reader)
    }

    func leave(_ reader: Reader) {
        reader.listed.list = nil
        reader.listed.insertions = []
        if let index = arrivals.firstIndex(where: { $0 === reader }) {
            arrivals.remove(at: index)
        } else if sweeping != nil {
            readers[reader.listed.index] = nil
            holes += 1
        } else {
            let index = reader.listed.index
            readers.swapAt(index, readers.count - 1)
            readers[index]?.listed.index = index
            readers.removeLast()
        }
        if isEmpty, sweeping == nil { hub.remove(self) }
    }

    // MARK: Gathering

    /// Puts a frame into the buffer for the next sweep.
    func append(_ frame: EventFrame) {
        guard selection.types.wants(frame.type) else { return }
        if let stateStream { return stateStream.take(frame) }
        let encoded = wire.encode(frame: frame)
        if frame.seq > 0 {
            cursor = frame.seq
            if !arrivals.isEmpty { begin(before: frame.seq) }
        }
        guard let encoded else { return }
        noteWaiting()
        if frame.seq == 0, !arrivals.isEmpty {
            begin(before: hub.head(of: tenant) + 1)
            // They are at the head already; only this loop is not.
            for arrival in arrivals {
                arrival.send(encoded.bytes)
                arrival.sent.events += 1
            }
        }
        filling.append(encoded, seq: cursor)
        request()
    }

    /// Readers whose cursor lies before `seq` get it and all that follow.
    private func begin(before seq: Int) {
        arrivals.removeAll { reader in
            guard reader.log.cursor < seq else { return false }
            activate(reader)
            return true
        }
    }

    /// Puts a frame that only `reader` gets in its place among the others.
    func insert(_ frame: EventFrame, for reader: Reader) {
        if !arrivals.isEmpty { begin(before: frame.seq > 0 ? frame.seq : hub.head(of: tenant) + 1) }
        if frame.seq > 0 {
            guard frame.seq > reader.log.cursor else { return }
        } else if arrivals.contains(where: { $0 === reader }) {
            if let encoded = wire.encode(frame: frame) { reader.send(encoded.bytes) }
            return
        }
        // Its part of the current sweep comes first.
        if sweeping != nil, reader.listed.sweep != sweepNumber { flush(to: reader) }
        guard reader.state == .live else { return }
        noteWaiting()
        reader.listed.insertions.append(.init(offset: filling.count, frame: frame))
        hasInsertions = true
        request()
    }

    private func noteWaiting() { if filling.isEmpty, !hasInsertions { fillingSince = hub.announcedAt } }

    // MARK: Sweeping

    private func request() {
        guard !isScheduled, sweeping == nil else { return }
        isScheduled = true
        hub.schedule(self, notBefore: lastSweep + hub.limits.coalesce)
    }

    /// Sends the buffered frames to every reader, a slice of connections at a time.
    func sweep() {
        isScheduled = false
        guard sweeping == nil else { return }
        lastSweep = hub.uptime()
        sweeping = filling
        filling = FrameBuffer()
        sweepingSince = fillingSince
        hasInsertions = false
        sweepNumber += 1
        hub.counted.sweeps += 1
        position = 0
        end = readers.count
        sweepSlice()
    }

    private func sweepSlice() {
        let stop = min(position + hub.limits.slice, end)
        let until = hub.uptime() + hub.limits.sliceTime
        while position < stop {
            if let reader = readers[position], reader.listed.sweep != sweepNumber { flush(to: reader) }
            position += 1
            // The clock costs less than a send, but not nothing.
            if position & 7 == 0, hub.uptime() >= until { break }
        }
        if position < end {
            // The store and the router have threads of their own, which may have to share this one's core.
            sched_yield()
            hub.later { [self] in sweepSlice() }
        } else {
            if end > 0, let sweepingSince { hub.counted.publishToWrite.add(hub.uptime() - sweepingSince) }
            if sweeping?.isFinal == true { endAll() }
            sweeping = nil
            close()
        }
    }

    /// Ends the readers that have got all of it; the others get the rest first.
    private func endAll() {
        for case let reader? in readers where reader.state == .live { reader.end() }
    }

    private func close() {
        if holes > 0 {
            readers.removeAll { $0 == nil }
            for index in readers.indices { readers[index]?.listed.index = index }
            holes = 0
        }
        if isEmpty {
            hub.remove(self)
        } else if !filling.isEmpty || hasInsertions {
            request()
        }
    }

    /// The highest number of which `reader` is sure to have everything that it is shown.
    func reached(by reader: Reader) -> Int {
        var reached = hub.head(of: tenant)
        if sweeping != nil, reader.listed.sweep != sweepNumber {
            reached = min(reached, sweeping?.firstSeq(from: reader.listed.start) ?? .max)
        } else {
            reached = min(reached, filling.firstSeq(from: reader.listed.start) ?? .max)
        }
        if let insertion = reader.listed.insertions.first(where: { $0.frame.seq > 0 }) {
            reached = min(reached, insertion.frame.seq - 1)
        }
        return max(reached, reader.log.cursor)
    }

    /// Sends `reader` its part of the current sweep: the shared bytes, with its own frames inserted.
    private func flush(to reader: Reader) {
        reader.listed.sweep = sweepNumber
        guard let shared = sweeping else { return }
        send(shared, to: reader)
    }

    /// Sends `reader`, which is about to end, all that has been gathered for it.
    func sendAll(to reader: Reader) {
        // One that has arrived ahead of this loop has been sent all that was gathered.
        if arrivals.contains(where: { $0 === reader }) { return }
        if sweeping != nil, reader.listed.sweep != sweepNumber { flush(to: reader) }
        // One that its socket has held up reads the rest when it comes back.
        if reader.state == .live { send(filling, to: reader) }
    }

    private func send(_ shared: FrameBuffer, to reader: Reader) {
        let start = reader.listed.start
        reader.listed.start = 0
        if reader.listed.insertions.isEmpty {
            if start < shared.count { reader.deliver(shared, from: start) }
            return
        }
        var own = FrameBuffer()
        var offset = start
        var seq = reader.log.cursor
        for insertion in reader.listed.insertions {
            own.append(shared, from: offset, to: insertion.offset)
            offset = max(offset, insertion.offset)
            seq = max(seq, own.lastSeq, insertion.frame.seq)
            own.append(wire.encode(frame: insertion.frame), seq: seq)
        }
        own.append(shared, from: offset, to: shared.count)
        reader.listed.insertions = []
        if own.isEmpty { return }
        reader.deliver(own)
        if own.isFinal, reader.state == .live { reader.end() }
    }
}

extension Reader {
    /// Inserts a frame of this user's own room if the reader is live; otherwise the reader will read it in the log.
    func insert(_ frame: EventFrame) {
        guard state == .live, let list = listed.list else { return }
        list.insert(frame, for: self)
    }
}
