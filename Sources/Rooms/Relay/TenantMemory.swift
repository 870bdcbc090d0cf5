import Events
import NIOCore

/// What is kept of one tenant in memory while somebody of it is connected: head, recent frames, boards, counts.
///
/// Lives inside the relay's lock.
final class TenantMemory {
    enum Phase {
        /// The store is being asked; what is announced meanwhile is kept already.
        case loading([EventLoopPromise<Void>])
        case ready
    }

    var phase: Phase
    var head = 0
    var recent: RecentFrames
    var boards: Set<BoardID> = [.main]
    var connections = 0
    var connectionsByUser: [UserID: Int] = [:]

    init(of tenant: TenantID, limits: RoomLimits, waiting: [EventLoopPromise<Void>]) {
        phase = .loading(waiting)
        let own = limits.limits(of: tenant)
        recent = RecentFrames(
            limits: .init(bytes: limits.recentBytes, count: own.retainCount, age: own.retainMilliseconds))
    }

    var isReady: Bool { if case .ready = phase { true } else { false } }

    /// - Returns: false when the log already showed it when the feed was loaded: a commit can be read before it is
    ///   announced.
    func take(_ frame: EventFrame) -> Bool {
        note(frame)
        guard frame.seq > head else { return false }
        head = frame.seq
        recent.append(frame)
        return true
    }

    /// Takes over what the store had, with what has been announced since behind it.
    func finishLoading(_ page: LogPage, frames: [EventFrame], boards stored: Set<BoardID>) {
        boards = stored.union([.main])
        let announced = recent.page(after: (recent.oldest ?? 1) - 1, bytes: .max, now: 0) ?? []
        for frame in announced { note(frame) }
        let isDense = (announced.first?.seq ?? 0) <= page.bounds.head + 1
        recent = RecentFrames(limits: recent.limits)
        for frame in (isDense ? frames : []) + announced.filter({ $0.seq > page.bounds.head }) { recent.append(frame) }
        head = max(head, page.bounds.head)
        phase = .ready
    }

    /// Boards that came or went.
    private func note(_ frame: EventFrame) {
        guard case .board(let id) = frame.audience else { return }
        if frame.type == .boardCreated { boards.insert(id) }
        if frame.type == .boardDeleted { boards.remove(id) }
    }

    /// Pages for a reader that has everything up to `seq`; nil when only the store can tell.
    func page(after seq: Int, bytes: Int, now: Int) -> [EventFrame]? {
        if seq >= head { return [] }
        return recent.page(after: seq, bytes: bytes, now: now)
    }
}
