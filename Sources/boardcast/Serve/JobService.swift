import Boards
import ServiceLifecycle

/// Runs the ``JobKeeper`` as long as the gateway runs. It ends after the requests and the imports have.
struct JobService: Service {
    let jobs: JobKeeper

    func run() async throws {
        await cancelWhenGracefulShutdown { await jobs.run() }
        await jobs.close(within: .seconds(2))
    }
}
