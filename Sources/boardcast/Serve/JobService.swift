import Boards
import ServiceLifecycle

/// Runs the ``JobKeeper`` as long as the gateway runs. It ends after the requests and the imports have.
struct JobService: Service {
    let jobs: JobKeeper
    /// Whether other nodes work with the same jobs: those of one that died are kept here.
    let isShared: Bool

    /// Between two looks for the jobs of other nodes.
    private static let pause = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            async let others: Void = keepOthers()
            await jobs.run()
            await others
        }
        await jobs.close(within: .seconds(2))
    }

    /// Takes over the unfinished jobs of the store, of whichever node, now and then. What several nodes do about one is done
    /// once, since it names the job's version.
    private func keepOthers() async {
        while isShared, (try? await Task.sleep(for: Self.pause)) != nil {
            // What can't be read now is read the next time, and the store has taken note of it.
            try? await jobs.load()
        }
    }
}
