import Boards
import ServiceLifecycle

/// Looks after the jobs for as long as the gateway runs.
struct JobKeeping: Service {
    let jobs: JobKeeper

    func run() async throws {
        await cancelWhenGracefulShutdown { await jobs.run() }
    }
}
