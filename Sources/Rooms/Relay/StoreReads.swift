import DequeModule
import NIOCore

/// Reads of the store for one event loop's readers, a few at a time, so that many readers at once do not cause as many
/// queries at once.
///
/// `@unchecked Sendable`: touched on its loop alone.
final class StoreReads: @unchecked Sendable {
    /// Events of a page at most.
    static let pageCount = 1000

    private let loop: any EventLoop
    private let atOnce: Int
    private var underWay = 0
    /// The reads that wait; at most one for each connection.
    private var waiting: Deque<@Sendable () -> Void> = []

    init(on loop: any EventLoop, atOnce: Int) {
        self.loop = loop
        self.atOnce = atOnce
    }

    /// Runs `read` off the loop when its turn comes, and `then` with its outcome on the loop.
    func run<Value: Sendable>(
        _ read: @escaping @Sendable () async throws -> Value,
        then: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        guard underWay < atOnce else {
            waiting.append { [self] in run(read, then: then) }
            return
        }
        underWay += 1
        Task { [loop] in
            let result: Result<Value, any Error>
            do { result = .success(try await read()) } catch { result = .failure(error) }
            loop.execute { [self] in
                underWay -= 1
                then(result)
                if underWay < atOnce, let next = waiting.popFirst() { next() }
            }
        }
    }
}
