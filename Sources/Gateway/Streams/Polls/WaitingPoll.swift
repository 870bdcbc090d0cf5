import Events
import Hummingbird
import Synchronization

/// A poll that found nothing and waits: whose it is, what it is shown, and how it reads on.
final class WaitingPoll: Sendable {
    let principal: Principal
    /// What was asked for, whether or not the token allows it.
    let asked: Selection
    let longest: Duration
    private let place: Mutex<Cursor>
    private let read: @Sendable (Cursor) async throws -> Reading

    /// What there is after a cursor.
    enum Reading: Sendable {
        /// The body of the answer, and the room that it takes.
        case answer([UInt8], MemoryRoom)
        /// Nothing that is shown, up to this cursor.
        case nothing(Cursor)
    }

    init(
        of principal: Principal, _ asked: Selection, after cursor: Cursor, longest: Duration,
        read: @escaping @Sendable (Cursor) async throws -> Reading
    ) {
        (self.principal, self.asked, self.longest) = (principal, asked, longest)
        place = Mutex(cursor)
        self.read = read
    }

    /// The body of the answer, and the room that it takes; nil when there is still nothing to show.
    func look() async throws -> ([UInt8], MemoryRoom)? {
        switch try await read(place.withLock { $0 }) {
        case .answer(let body, let room): return (body, room)
        case .nothing(let end):
            place.withLock { $0 = end }
            return nil
        }
    }
}

/// Where a call leaves a poll that has to wait. Without a place for it, as in a call from inside, none waits.
final class WaitingRoom: Sendable {
    @TaskLocal static var current: WaitingRoom?

    private let left: Mutex<WaitingPoll?> = Mutex(nil)

    var poll: WaitingPoll? { left.withLock { $0 } }

    func leave(_ poll: WaitingPoll) { left.withLock { $0 = poll } }
}
