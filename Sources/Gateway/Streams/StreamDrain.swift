import NIOCore
import Rooms
import ServiceLifecycle

/// Ends the streams at shutdown: each gets its own time to come back, spread over the drain window.
struct StreamDrain: Service {
    let relay: Relay
    let settings: GatewaySettings

    func run() async throws {
        try? await gracefulShutdown()
        relay.drain()
        for hub in relay.hubs {
            try await hub.drainAll(over: settings.drainMilliseconds).get()
        }
    }
}
