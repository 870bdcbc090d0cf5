import Glibc
import Logging
import NIOCore
import Rooms
import ServiceLifecycle
import Text
import UnixSignals

/// What signals do to a running server: SIGTERM and SIGINT end it in order, a second one ends it at once, and SIGHUP
/// makes it read its settings anew.
struct ServerSignals: Sendable {
    let relay: Relay
    let services: ServiceGroup
    let manager: ServiceManager
    let logger: Logger
    /// The time over which the ends of the streams, and so the returns of their clients, are spread.
    let window: Duration
    /// Reads the settings anew, and returns which changes wait for a restart; throws when they have become unusable,
    /// and then nothing changes.
    let reload: @Sendable () async throws -> [String]

    /// When it returns, no signal of these ends the process any more; whoever hears that we listen may send one.
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
                        // Requests that never end do not hold us up.
                        try await Task.sleep(for: window + Self.grace)
                        exit(0)
                    }
                }
            }
        }
    }

    /// How long requests in flight may take after the streams have ended.
    private static let grace = Duration.seconds(4)

    /// Says that it is not ready and refuses new streams, so that a balancer looks elsewhere; then ends the streams,
    /// a few at a time; then stops listening.
    private func shutDown() async {
        relay.drain()
        try? await Task.sleep(for: min(.seconds(1), window / 10))
        let ends = relay.hubs.map { $0.drainAll(over: window.wholeMilliseconds) }
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
