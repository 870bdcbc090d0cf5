import Boards
import Client
import Events
import Gateway
import Logging
import NIOCore
import NIOPosix
import Rooms
import SQLiteStore
import ServerSettings
import ServiceLifecycle
import Tokens
import WebClient

/// The server, put together: settings, log, keys, relay, store, presence, jobs, gateway, in this order. Decides nothing.
enum Server {
    /// - Parameter reload: reads the settings anew.
    static func run(_ settings: Settings, dev: Bool, reload: @escaping @Sendable () throws -> Settings) async throws {
        var completed = settings
        let development = dev ? try Development(for: &completed) : nil
        try await serve(completed, development) {
            var settings = try reload()
            if settings.auth.secret == nil { settings.auth.secret = development?.secret }
            return settings
        }
    }

    private static func serve(
        _ settings: Settings, _ development: Development?, reload: @escaping @Sendable () throws -> Settings
    ) async throws {
        let logger = makeLogger(settings)
        let verifier = try settings.makeVerifier()
        let budget = DescriptorBudget(files: OpenFiles.raiseLimit())
        let settings = budget.fitting(settings, logger: logger)

        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.server.loops ?? System.coreCount)
        let relay = Relay(limits: settings.roomLimits, clock: Clock.milliseconds)
        let store: SQLiteBoardStore
        do {
            store = try SQLiteBoardStore(
                settings.databaseLocation, settings: settings.storeSettings, now: Clock.milliseconds,
                announce: { relay.announce($0) })
        } catch {
            throw Failure(.usage, error.description)
        }
        let presence = PresenceHub(for: relay, on: group.next())
        relay.start(history: StoreHistory(store), on: group.makeIterator(), presence: presence)

        let unknown = UnknownKeys()
        let authenticator = Authenticator(
            verifier: verifier, revocations: try await store.revocationList(),
            unknownKey: { unknown.note(issuer: $0) }, clock: Clock.milliseconds)
        let keys = KeyRefresher(settings, authenticator: authenticator, unknown: unknown, logger: logger)
        try await keys.use(settings)
        await keys.fetchDue()

        let jobs = JobKeeper(store: store, patience: settings.jobs.stall, uptime: Clock.uptime)
        try await jobs.load()

        let gateway = Gateway(
            authenticator: authenticator, store: store, jobs: jobs, admin: store,
            audit: AuditLog(store: store, clock: Clock.milliseconds), relay: relay, presence: presence,
            assets: WebClient.files.map { Asset(path: $0.path, mediaType: $0.mediaType, bytes: $0.bytes) },
            settings: settings.gatewaySettings(budget))
        try await gateway.load()
        let application = gateway.application(
            host: settings.http.host, port: settings.http.port, on: group, logger: logger
        ) { channel in
            let address = ListeningAddress(settings.http.host, port: channel.localAddress?.port ?? settings.http.port)
            try? StandardOutput.write("listening on \(address)")
            await development?.introduce(address, to: store)
        }
        let services = ServiceGroup(
            configuration: .init(services: [.init(service: keys), .init(service: application)], logger: logger))
        let signals = ServerSignals(relay: relay, services: services, logger: logger, window: settings.server.drain) {
            let fresh = budget.fitting(try reload(), logger: logger)
            try await keys.use(fresh)
            relay.admit(within: fresh.roomLimits)
            gateway.use(fresh.gatewaySettings(budget))
            return fresh.changesForRestart(since: settings)
        }
        signals.start()
        do {
            try await services.run()
        } catch let error as IOError {
            throw Failure(.usage, "can't listen on \(settings.http.host):\(settings.http.port): \(error)")
        }
        await store.close()
        try? await group.shutdownGracefully()
    }

    private static func makeLogger(_ settings: Settings) -> Logger {
        let level = settings.log.level
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "boardcast")
    }
}
