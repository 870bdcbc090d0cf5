public import Events
import NIOCore

/// A tenant's log from a cursor on, page by page as it grows, for a reader without a socket: a poll, a webhook.
///
/// It counts as a connection from the first ``AsyncIterator/next()`` on: it is admitted within the same limits, named
/// in the statistics, and ends when its token runs out or is revoked, when an admin cuts it, and when the gateway shuts
/// down. Nothing is queued for it but the news that there is something to read. Iterate once.
public struct LogFollowing: AsyncSequence, Sendable {
    public enum Step: Sendable {
        /// Events that are shown, one at least; ``LogPage/end`` is the cursor to come back with.
        case page(LogPage)
        /// The cursor can't be honoured; following continues at the head of `bounds`.
        case resync(ResyncReason, LogBounds)
        /// Nothing came within the time that was given.
        case quiet
    }

    let relay: Relay
    let request: StreamRequest
    let cursor: Cursor?
    let pageCount: Int
    let isRevoked: @Sendable (Principal) -> Bool

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let following: LogFollowing
        private let selection: Selection
        private var cursor: Cursor?
        private var place: FollowerPlace?

        init(_ following: LogFollowing) {
            self.following = following
            selection = following.request.selection.narrowed(to: following.request.principal.boards)
            cursor = following.cursor
        }

        /// Waits for the next page.
        ///
        /// - Returns: nil when the right to read has ended, and when the task is cancelled.
        /// - Throws: ``RoomError`` when it is not admitted, or the log can't be read.
        public mutating func next() async throws(RoomError) -> Step? { try await next(until: nil) }

        /// As ``next()``, but gives ``Step/quiet`` when nothing came within `time`.
        public mutating func next(within time: Duration) async throws(RoomError) -> Step? {
            try await next(until: .now() + TimeAmount(time))
        }

        private mutating func next(until deadline: NIODeadline?) async throws(RoomError) -> Step? {
            let place = try await opened()
            while true {
                let before = try await start()
                let page = try await read(after: before)
                guard await place.isOpen(), !Task.isCancelled else { return nil }
                if case .resync(let reason) = Resumption(before, in: page.bounds) {
                    cursor = page.bounds.cursor
                    return .resync(reason, page.bounds)
                }
                if page.end > before.seq { cursor = page.bounds.epochs.cursor(at: page.end) }
                if !page.events.isEmpty { return .page(page) }
                // The selection shows nothing of this page; there are more pages.
                if page.end > before.seq, page.end < page.bounds.head { continue }
                switch await place.wait(until: deadline) {
                case .news: continue
                case .quiet: return .quiet
                case .ended: return nil
                }
            }
        }

        private mutating func opened() async throws(RoomError) -> FollowerPlace {
            if let place { return place }
            let new = try await FollowerPlace.open(following)
            place = new
            return new
        }

        private mutating func start() async throws(RoomError) -> Cursor {
            if let cursor { return cursor }
            guard let history = following.relay.history else { throw .unavailable }
            do {
                let head = try await history.bounds(of: following.request.tenant).cursor
                cursor = head
                return head
            } catch { throw .unavailable }
        }

        private func read(after cursor: Cursor) async throws(RoomError) -> LogPage {
            guard let history = following.relay.history else { throw .unavailable }
            do {
                return try await history.page(
                    of: following.request.tenant, after: cursor.seq, selection: selection,
                    count: following.pageCount, bytes: following.relay.limits.pageBytes)
            } catch { throw .unavailable }
        }
    }
}

extension Relay {
    /// Follows the log of `principal`'s tenant.
    ///
    /// - Parameters:
    ///   - selection: what was asked for; of it, the principal's boards are shown.
    ///   - cursor: the events after it are returned; nil stands for the head.
    ///   - pageCount: events of a page at most.
    ///   - isRevoked: called once a revocation can find the connection, to catch revocations that arrived before that.
    public func follow(
        _ selection: Selection, of principal: Principal, after cursor: Cursor?, pageCount: Int = 1000,
        isRevoked: @escaping @Sendable (Principal) -> Bool = { _ in false }
    ) -> LogFollowing {
        let request = StreamRequest(
            principal: principal, selection: selection, wire: .poll, cursor: nil, head: ByteBuffer(), snapshotURL: "")
        return LogFollowing(
            relay: self, request: request, cursor: cursor, pageCount: pageCount, isRevoked: isRevoked)
    }
}
