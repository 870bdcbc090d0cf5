import Glibc
import Logging
import Rooms
import ServiceLifecycle
import UnixSignals

/// SIGTERM and SIGINT go down in order, a second one at once; SIGHUP reads the keys anew.
struct Signals: Sendable {
    let relay: Relay
    let services: ServiceGroup
    let logger: Logger
    /// Makes the verifier anew from the same settings; throws when a file has become unusable, and then the old one stays.
    let reload: @Sendable () throws -> Void

    /// - Parameter grace: how long going down may take.
    func start(grace: Duration) {
        Task {
            var isGoingDown = false
            for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) {
                switch signal {
                case .sighup: hangUp()
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

    private func hangUp() {
        do {
            try reload()
            logger.notice("keys read anew")
        } catch {
            logger.error("the keys stay as they were", metadata: ["reason": "\(error)"])
        }
    }
}
