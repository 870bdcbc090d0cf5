import Synchronization

/// The settings that hold now: those of the start, until others take their place.
final class LiveSettings: Sendable {
    private let settings: Mutex<GatewaySettings>

    init(_ settings: GatewaySettings) { self.settings = Mutex(settings) }

    var current: GatewaySettings { settings.withLock { $0 } }

    func replace(with settings: GatewaySettings) { self.settings.withLock { $0 = settings } }
}
