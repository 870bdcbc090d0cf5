import Boards
import Dispatch
import Events
import Foundation
import Synchronization

/// Threads with a connection each, for whatever is asked of the database beside the groups of writes.
///
/// What waits for them is bounded; beyond that it is refused as busy.
final class ReaderPool: Sendable {
    static let mostWaiting = 4096

    private typealias Work = @Sendable (Session) -> Void

    private struct State {
        var waiting: [Work] = []
        var taken = 0
        var isClosed = false
    }

    private let threads: Int
    private let state = Mutex(State())
    private let wake = Alarm()
    private let ended = DispatchGroup()

    init(_ place: PostgresPlace, _ settings: PostgresSettings) {
        threads = settings.readers
        for number in 0..<settings.readers {
            ended.enter()
            let thread = Thread { [self] in
                let session = Session(place, settings)
                while let work = next() { work(session) }
                ended.leave()
            }
            thread.name = "pg-reader-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Runs `body` on one of the threads, once more when its connection turns out to have ended long ago.
    ///
    /// - Parameters:
    ///   - repeats: whether `body` may be run again.
    ///   - body: leaves no transaction open.
    func run<Value: Sendable>(
        repeats: Bool = true, _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (reply: CheckedContinuation<Value, any Error>) in
            let refusal = put { session in
                reply.resume(
                    with: Result {
                        let (connection, isNew) = try session.connect()
                        do { return try body(connection) } catch  where error.isAway && repeats && !isNew {
                            return try body(session.connect().0)
                        }
                    })
            }
            if let refusal { reply.resume(throwing: refusal) }
        }
    }

    /// Lets what was asked be answered, then ends the threads.
    func close() async {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { wake.ring() }
        await withCheckedContinuation { done in ended.notify(queue: .global()) { done.resume() } }
    }

    private func put(_ work: @escaping Work) -> StoreFailure? {
        let refusal: StoreFailure? = state.withLock { state in
            if state.isClosed { return .closed }
            guard state.waiting.count - state.taken < Self.mostWaiting else { return .busy(retryAfter: .seconds(1)) }
            state.waiting.append(work)
            return nil
        }
        if refusal == nil { wake.ring() }
        return refusal
    }

    /// Nil when the pool is closed and nothing waits.
    private func next() -> Work? {
        wake.wait()
        return state.withLock { state in
            guard state.taken < state.waiting.count else { return nil }
            defer {
                state.taken += 1
                if state.taken == state.waiting.count {
                    state.waiting.removeAll(keepingCapacity: true)
                    state.taken = 0
                } else if state.taken > 256 {
                    state.waiting.removeFirst(state.taken)
                    state.taken = 0
                }
            }
            return state.waiting[state.taken]
        }
    }
}
