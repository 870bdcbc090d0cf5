import Boards
import ServiceLifecycle

/// Looks after the jobs for as long as the gateway runs.
struct JobService: Service {
    let jobs: JobKeeper

    func run() async throws {
        await cancelWhenGracefulShutdown { await jobs.run() }
    }
}
