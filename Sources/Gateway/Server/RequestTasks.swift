import ServiceLifecycle

/// Runs the connections that are Hummingbird's, a task each; streams have none.
///
/// Kept apart from the server's own tasks, so that a connection that becomes a stream costs no waiting task. When the
/// gateway goes down it waits until the requests in flight are answered.
struct RequestTasks: Service {
    typealias Work = @Sendable () async -> Void

    private let works: AsyncStream<Work>
    private let continuation: AsyncStream<Work>.Continuation

    init() { (works, continuation) = AsyncStream.makeStream(of: Work.self) }

    /// From any thread. As many wait here as connections were made in this moment.
    func start(_ work: @escaping Work) { continuation.yield(work) }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await work in works.cancelOnGracefulShutdown() { group.addTask { await work() } }
        }
    }
}
