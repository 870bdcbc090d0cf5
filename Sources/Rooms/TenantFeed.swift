import Events
import NIOCore

/// What is kept of one tenant in memory while somebody of it is connected: head, recent frames, boards, counts.
///
/// Lives inside the relay's lock.
final class TenantFeed {
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

    init(limits: RoomLimits, waiting: [EventLoopPromise<Void>]) {
        phase = .loading(waiting)
        recent = RecentFrames(
            limits: .init(
                bytes: limits.recentBytes, count: limits.retainCount, age: limits.retainMilliseconds))
    }

    var isReady: Bool { if case .ready = phase { true } else { false } }

    func take(_ frame: EventFrame) {
        head = frame.seq
        recent.append(frame)
        if case .board(let id) = frame.audience {
            if frame.type == .boardCreated { boards.insert(id) }
            if frame.type == .boardDeleted { boards.remove(id) }
        }
    }

    /// Takes over what the store had, below what has been announced since.
    func finishLoading(_ page: LogPage, frames: [EventFrame], boards stored: Set<BoardID>) {
        let announced = recent
        boards = stored.union([.main])
        recent.prepend(frames)
        head = max(head, page.bounds.head)
        // Boards that came or went while the store was asked.
        if let newest = announced.newest, let oldest = announced.oldest {
            for frame in recent.page(after: oldest - 1, bytes: .max, now: 0) ?? [] where frame.seq <= newest {
                guard case .board(let id) = frame.audience else { continue }
                if frame.type == .boardCreated { boards.insert(id) }
                if frame.type == .boardDeleted { boards.remove(id) }
            }
        }
        phase = .ready
    }

    /// Pages for a reader that has everything up to `seq`; nil when only the store can tell.
    func page(after seq: Int, bytes: Int, now: Int) -> [EventFrame]? {
        if seq >= head { return [] }
        return recent.page(after: seq, bytes: bytes, now: now)
    }
}
