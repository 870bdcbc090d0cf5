import Events
import NIOCore

/// The memory of one tenant while it has connections: head, recent frames, boards, counts.
///
/// It begins without frames: they come with the events that are announced, and from the log when a reader asks.
///
/// Frames are handed to the loops in the order of their numbers, without a gap: one that comes before its turn is held
/// back until those before it have come, from a later announcement or from the log. Lives inside the relay's lock.
final class TenantMemory {
    enum Phase {
        /// The store is being read; events announced meanwhile are held back.
        case loading([EventLoopPromise<Void>])
        case ready
    }

    var phase: Phase
    /// The newest number that was handed to the loops.
    private(set) var head = 0
    /// The newest number that was announced.
    private(set) var announced = 0
    /// Whether the log is being read to fill a gap.
    var isFilling = false
    /// Whether the log may have gone back to an earlier state: nothing is handed over until it is read.
    private(set) var isDoubtful = false
    private(set) var recent: RecentFrames
    private(set) var epochs = Epochs(.unknown)
    private(set) var boards: Set<BoardID> = [.main]
    private(set) var connections = 0
    /// By the numbers of their loops.
    private var connectionsByHub: [Int32] = []
    var connectionsByUser: [UserID: Int] = [:]

    /// The reading of older frames that is under way.
    var recall: Recall?
    // For ``FramesBudget``.
    unowned var usedBefore: TenantMemory?
    unowned var usedAfter: TenantMemory?
    var countedFootprint = 0

    /// Frames that arrived before their turn, lowest number first; those beyond ``mostHeld``, or beyond the memory that
    /// recent frames may take, are dropped and read from the log.
    private var held: [EventFrame] = []
    private var heldFootprint = 0
    static let mostHeld = 1000

    init(of tenant: TenantID, limits: RoomLimits, waiting: [EventLoopPromise<Void>]) {
        phase = .loading(waiting)
        let retention = limits.tenants[tenant].retention
        recent = RecentFrames(
            limits: .init(bytes: limits.recentBytes, count: retention.count, age: retention.age))
    }

    var isReady: Bool { if case .ready = phase { true } else { false } }
    /// Whether events up to ``announced`` are missing, or what is here is doubtful, and the log must be read.
    var hasGap: Bool { isReady && (announced > head || isDoubtful) }
    /// The place after the newest event that was handed to the loops.
    var place: Cursor { epochs.cursor(at: head) }

    // MARK: Connections

    func hasConnections(on hub: Int) -> Bool { hub < connectionsByHub.count && connectionsByHub[hub] > 0 }

    func enter(_ hub: Int) {
        connections += 1
        while connectionsByHub.count <= hub { connectionsByHub.append(0) }
        connectionsByHub[hub] += 1
    }

    func leave(_ hub: Int) {
        connections -= 1
        connectionsByHub[hub] -= 1
    }

    // MARK: Announcements

    /// Notes that the tenant's log has reached at least `head`.
    func note(head: Int) { announced = max(announced, head) }

    /// - Returns: `frame` when it is its turn to go to the loops; ``takeHeld()`` then gives those that waited for it.
    func take(_ frame: EventFrame) -> EventFrame? {
        guard frame.seq > head else { return nil }
        announced = max(announced, frame.seq)
        guard frame.seq == head + 1, isReady, !isDoubtful, follows(frame) else {
            hold(frame)
            return nil
        }
        advance(with: frame)
        return frame
    }

    /// Whether `frame` was given its number in an epoch that is known here. Before the first of another epoch the log may
    /// have gone back: then it is doubtful what is here.
    private func follows(_ frame: EventFrame) -> Bool {
        if frame.epoch == epochs.current || frame.epoch == epochs.epoch(of: frame.seq) { return true }
        isDoubtful = true
        return false
    }

    /// Whether an event whose number was handed over already seems to be another than that.
    func contradicts(_ event: Event) -> Bool {
        guard isReady, event.epoch != epochs.epoch(of: event.seq) else { return false }
        isDoubtful = true
        return true
    }

    func doubt() { isDoubtful = true }

    /// The next held frame whose turn has come.
    func takeHeld() -> EventFrame? {
        guard !held.isEmpty else { return nil }
        letGo(held.prefix { $0.seq <= head }.count)
        guard let next = held.first, next.seq == head + 1, !isDoubtful, follows(next) else { return nil }
        letGo(1)
        advance(with: next)
        return next
    }

    private func hold(_ frame: EventFrame) {
        let place = held.lastIndex { $0.seq <= frame.seq }.map { $0 + 1 } ?? 0
        if place > 0, held[place - 1].seq == frame.seq { return }
        held.insert(frame, at: place)
        heldFootprint += frame.footprint
        while held.count > Self.mostHeld || heldFootprint > recent.limits.bytes, let last = held.popLast() {
            heldFootprint -= last.footprint
        }
    }

    private func letGo(_ count: Int) {
        for frame in held.prefix(count) { heldFootprint -= frame.footprint }
        held.removeFirst(count)
    }

    private func advance(with frame: EventFrame) {
        head = frame.seq
        epochs.note(frame.epoch, at: frame.seq)
        note(frame)
        recent.append(frame)
    }

    /// Notes a board that was created or deleted.
    private func note(_ frame: EventFrame) {
        guard case .board(let id) = frame.audience else { return }
        if frame.type == .boardCreated { boards.insert(id) }
        if frame.type == .boardDeleted { boards.remove(id) }
    }

    // MARK: The log

    /// Takes over what was read from the store; ``takeHeld()`` then returns what was announced meanwhile.
    ///
    /// - Parameter boards: read after the bounds were: the events that they already show follow as frames.
    func finishLoading(_ bounds: LogBounds, boards: Set<BoardID>) {
        self.boards = boards.union([.main])
        epochs = bounds.epochs
        head = max(head, bounds.head)
        announced = max(announced, head)
        phase = .ready
    }

    /// Notes that what is here is in the log, whose bounds were read after the doubt arose.
    ///
    /// - Returns: whether numbers are given in another epoch now.
    func believe(_ bounds: LogBounds, wasDoubtful: Bool) -> Bool {
        guard bounds.head >= head else { return false }
        if wasDoubtful {
            isDoubtful = false
            drop { $0.epoch != bounds.epochs.epoch(of: $0.seq) }
        }
        defer { epochs = bounds.epochs }
        return bounds.epochs.current != epochs.current
    }

    /// Begins anew at `bounds`, of a log that is not the one that was here.
    func restart(at bounds: LogBounds, boards: Set<BoardID>) {
        recent.clear()
        self.boards = boards.union([.main])
        (head, epochs, isDoubtful) = (bounds.head, bounds.epochs, false)
        recall = nil
        // What was announced meanwhile may be of either.
        drop { $0.seq <= bounds.head || $0.epoch != bounds.epochs.epoch(of: $0.seq) }
        announced = max(head, held.last?.seq ?? 0)
    }

    /// Drops those that wait for their turn and are not of this log, or are of an epoch that began since it was read: then
    /// they are read from it.
    private func drop(_ isOther: (EventFrame) -> Bool) {
        held.removeAll(where: isOther)
        heldFootprint = held.reduce(0) { $0 + $1.footprint }
    }

    /// Takes frames that were read from the log because a reader asked for them.
    ///
    /// - Parameter isAll: whether the log has nothing before them.
    func take(recalled frames: [EventFrame], isAll: Bool) {
        recent.prepend(frames, before: head + 1, isAll: isAll)
    }

    func dropFrames() { recent.clear() }
    func shrinkFrames(to bytes: Int) { recent.shrink(to: bytes) }

    /// Continues at the head of `page`, even if there is a gap before it.
    func skip(to page: LogPage, frames: [EventFrame], boards: Set<BoardID>) {
        self.boards = boards.union([.main])
        recent.clear()
        for frame in frames {
            note(frame)
            recent.append(frame)
        }
        if page.bounds.head >= head { epochs = page.bounds.epochs }
        head = max(head, page.bounds.head)
        announced = max(announced, head)
    }

    /// Notes that the log ends at `head`: events announced beyond it are not waited for.
    func end(at head: Int) { announced = max(self.head, min(announced, head)) }

    /// The frames after `seq` for a reader that has every event up to it; nil when only the store has them.
    func page(after seq: Int, bytes: Int, now: Timestamp) -> [EventFrame]? {
        if seq >= head { return [] }
        return recent.page(after: seq, bytes: bytes, now: now)
    }
}
