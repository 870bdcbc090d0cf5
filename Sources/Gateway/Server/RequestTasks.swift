import ServiceLifecycle

/// Runs the connections that Hummingbird handles, in one task each; streams have no task.
///
/// They are separate from the server's own tasks, so that a connection that becomes a stream has no waiting task. When
/// the gateway shuts down, this service waits until the requests in flight are answered.
struct RequestTasks: Service {
    private struct Work: Sendable {
        let executor: LoopExecutor
        let body: @Sendable () async -> Void
    }

    private let works: AsyncStream<Work>
    private let continuation: AsyncStream<Work>.Continuation

    init() { (works, continuation) = AsyncStream.makeStream(of: Work.self) }

    /// Starts the task of a connection, which runs on `executor`. Thread-safe. At most the connections of the same
    /// moment wait here.
    func start(on executor: LoopExecutor, _ body: @escaping @Sendable () async -> Void) {
        continuation.yield(Work(executor: executor, body: body))
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await work in works.cancelOnGracefulShutdown() {
                group.addTask(executorPreference: work.executor) { await work.body() }
            }
        }
    }
}
