import Boards
import ServiceLifecycle

/// Runs the ``JobKeeper`` as long as the gateway runs.
struct JobService: Service {
    let jobs: JobKeeper

    func run() async throws {
        await cancelWhenGracefulShutdown { await jobs.run() }
    }
}
