import Glibc
import Logging
import NIOCore
import Rooms
import ServiceLifecycle
import UnixSignals

/// Signal handling of a running server: SIGTERM and SIGINT shut it down in order, a second one ends it at once, and
/// SIGHUP makes it read its settings again.
struct ServerSignals: Sendable {
    let relay: Relay
    let services: ServiceGroup
    let manager: ServiceManager
    let logger: Logger
    /// The time over which the ends of streams, and so the clients' reconnects, are spread.
    let window: Duration
    /// Reads the settings again, and returns which changes wait for a restart; throws when they are invalid, and then
    /// nothing changes.
    let reload: @Sendable () async throws -> [String]
    /// Logs what is not stored when the shutdown has taken too long.
    let giveUp: @Sendable () -> Void

    /// Starts trapping the signals. After it returns, none of them ends the process by itself, so others may be
    /// informed that the server listens and may send one.
    func start() async {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        Task {
            var isGoingDown = false
            for await signal in signals {
                switch signal {
                case .sighup: await hangUp()
                case _ where isGoingDown: exit(130)
                default:
                    isGoingDown = true
                    manager.stopping()
                    logger.notice("going down", metadata: ["signal": "\(signal)"])
                    Task { await shutDown() }
                    Task {
                        // Requests that never end must not delay the shutdown.
                        try await Task.sleep(for: window + Self.grace)
                        giveUp()
                        exit(0)
                    }
                }
            }
        }
    }

    /// How long requests in flight may take after the streams have ended.
    private static let grace = Duration.seconds(4)

    /// Reports not ready and refuses new streams, so that a load balancer chooses another server; then ends the
    /// streams, a few at a time; then stops listening.
    private func shutDown() async {
        relay.drain()
        try? await Task.sleep(for: min(.seconds(1), window / 10))
        let ends = relay.hubs.map { $0.drainAll(over: window) }
        for end in ends { try? await end.get() }
        await services.triggerGracefulShutdown()
    }

    private func hangUp() async {
        manager.reloading()
        defer { manager.ready() }
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
