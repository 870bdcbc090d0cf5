import Glibc
import Logging
import Rooms
import ServiceLifecycle
import UnixSignals

/// SIGTERM and SIGINT go down in order, a second one at once; SIGHUP reads the settings anew.
struct ServerSignals: Sendable {
    let relay: Relay
    let services: ServiceGroup
    let logger: Logger
    /// Reads the settings anew, and returns which changes wait for a restart; throws when they have become unusable,
    /// and then nothing changes.
    let reload: @Sendable () async throws -> [String]

    /// - Parameter grace: how long going down may take.
    func start(grace: Duration) {
        Task {
            var isGoingDown = false
            for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) {
                switch signal {
                case .sighup: await hangUp()
                case _ where isGoingDown: exit(130)
                default:
                    isGoingDown = true
                    logger.notice("going down", metadata: ["signal": "\(signal)"])
                    relay.drain()
                    await services.triggerGracefulShutdown()
                    Task {
                        // Requests that never end do not hold us up.
                        try await Task.sleep(for: grace)
                        exit(0)
                    }
                }
            }
        }
    }

    private func hangUp() async {
        do {
            let waiting = try await reload()
            logger.notice("settings read anew")
            guard !waiting.isEmpty else { return }
            let names = waiting.prefix(50).joined(separator: ", ")
            logger.warning("some changes wait until the server is started anew", metadata: ["settings": "\(names)"])
        } catch {
            logger.error("the settings stay as they were", metadata: ["reason": "\(error)"])
        }
    }
}
