import Events
import Rooms
import ServiceLifecycle
import Synchronization

/// Keeps ``Figures`` up to date while the gateway runs. Safe to use from any thread.
final class FigureKeeper: Service {
    private let relay: Relay
    private let figures = Mutex(Figures())

    init(_ relay: Relay) { self.relay = relay }

    func samples(of tenant: TenantID) -> [Figures.Sample] { figures.withLock { $0.samples(of: tenant) } }

    /// Adds the minute that ends now.
    func note() {
        let minute = Int32(clamping: relay.wallClock().milliseconds / 60_000)
        let census = relay.census()
        figures.withLock { $0.note(census, minute: minute) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(60))) != nil { self.note() }
        }
    }
}
