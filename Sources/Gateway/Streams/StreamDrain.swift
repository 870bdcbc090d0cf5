import NIOCore
import Rooms
import ServiceLifecycle

/// Ends the streams at shutdown: each client is sent its own time to reconnect, spread over the drain window.
struct StreamDrain: Service {
    let relay: Relay
    let settings: GatewaySettings

    func run() async throws {
        try? await gracefulShutdown()
        relay.drain()
        for hub in relay.hubs {
            try await hub.drainAll(over: settings.drain).get()
        }
    }
}
