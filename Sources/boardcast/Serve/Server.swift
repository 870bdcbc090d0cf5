import Boards
import Client
import Events
import Gateway
import Logging
import NIOCore
import NIOPosix
import Rooms
import ServerSettings
import ServiceLifecycle
import StreamLoops
import Tokens
import WebClient

/// The server of `boardcast serve`: its parts, composed according to the settings. It contains no logic of its own.
struct Server: Sendable {
    private let settings: Settings
    private let logger: Logger
    private let budget: DescriptorBudget
    private let group: MultiThreadedEventLoopGroup
    private let streamLoops: [StreamLoop]
    private let store: any ServerStore
    private let keys: KeyRefresher
    private let certificate: ServerCertificate?
    private let relay: Relay
    private let jobs: JobKeeper
    private let audit: AuditLog
    private let spans: SpanQueue?
    private let gateway: Gateway

    /// Opens the store and loads what is in it; nothing listens yet.
    ///
    /// - Parameter links: those of `--dev`.
    /// - Throws: ``InvalidSettings``, ``Failure`` when the database can't be opened.
    init(_ settings: Settings, links: OneTimeLinks? = nil) async throws {
        Allocator.fit(AvailableMemory.bytes)
        let verifier = try settings.makeVerifier()
        logger = Logger.standardError(settings.log)
        budget = DescriptorBudget(files: OpenFiles.raiseLimit(), for: settings)
        let settings = budget.fitting(settings, logger: logger)
        group = MultiThreadedEventLoopGroup(numberOfThreads: settings.server.loops ?? System.coreCount)
        certificate = try settings.makeCertificate()
        streamLoops = try Self.makeStreamLoops(settings)

        let relay = Relay(limits: settings.roomLimits, clock: Timestamp.now)
        let store = try settings.makeStore(announcingTo: relay)
        store.report(to: logger)
        let unknown = UnknownKeys()
        let authenticator = Authenticator(
            verifier: verifier, revocations: try await store.revocationList(),
            arrivals: unknown, clock: Timestamp.now)
        keys = KeyRefresher(
            settings, authenticator: authenticator, relay: relay, unknown: unknown, logger: logger)
        try await keys.use(settings)
        await keys.fetchDue()

        let presence = PresenceHub(for: relay, on: group.next())
        relay.start(history: store, on: Array(group.makeIterator()) + streamLoops, presence: presence)
        store.follow(relay)
        jobs = JobKeeper(store: store, patience: settings.jobs.stall, uptime: Uptime.now)
        try await jobs.load()
        audit = AuditLog(store: store, clock: Timestamp.now)
        let assets = (WebClient.files + WebClient.files(ofVersion: Version.number)).map {
            Asset(
                path: $0.path, mediaType: $0.mediaType, bytes: $0.bytes, isFramed: $0.isFramed,
                isForever: $0.isForever)
        }
        let spans = settings.tracing.otlpURL.map { _ in SpanQueue(version: Version.number) }
        let metrics = ServerMetrics(store: store, keys: keys, spans: spans)
        var gatewaySettings = settings.gatewaySettings(budget, certificate)
        gatewaySettings.links = links
        gateway = Gateway(
            authenticator: authenticator, jobs: jobs, admin: store, audit: audit, relay: relay,
            presence: presence, assets: assets, settings: gatewaySettings, node: settings.node(on: store),
            checks: { [keys] in store.checks + [keys.check] },
            metrics: { await metrics.add(to: &$0) }, spans: spans,
            facts: { [settings] in settings.facts(of: store) })
        try await gateway.load()
        (self.settings, self.store, self.relay, self.spans) = (settings, store, relay, spans)
    }

    /// Serves until a signal ends it.
    ///
    /// - Parameters:
    ///   - reload: reads the settings again.
    ///   - listening: called once connections are accepted.
    /// - Throws: ``Failure`` when it can't listen.
    func run(
        reload: @escaping @Sendable () throws -> Settings,
        listening: @escaping @Sendable (ListeningAddress, any BoardStore) async -> Void
    ) async throws {
        let address = settings.listenerAddress
        let socket = try settings.makeSocketFile()
        let manager = ServiceManager(Environment.variables)
        let application = gateway.application(at: address, on: group, streaming: streamLoops, logger: logger) {
            [logger, certificate] port in
            do { try socket?.open() } catch { logger.error("\(error)") }
            manager.ready()
            await listening(ListeningAddress(address, port: port, isSecure: certificate != nil), store)
        }
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: keys), .init(service: JobService(jobs: jobs, isShared: store.isShared)),
                    .init(service: CertificateWatch(certificate: certificate, logger: logger)),
                    .init(service: SpanExporter(spans: spans, url: settings.tracesURL, logger: logger)),
                    .init(service: application),
                ], logger: logger.withoutServices))
        let signals = ServerSignals(
            relay: relay, services: services, manager: manager, logger: logger, window: settings.server.drain
        ) {
            try await use(reload())
        } giveUp: {
            jobs.giveUp()
            audit.giveUp()
        }
        await signals.start()
        do { try await services.run() } catch let failure as ListenFailure {
            let isMain = failure.address == address
            let place = ListeningAddress(failure.address, port: nil, isSecure: isMain && certificate != nil)
            guard isMain, let error = failure.reason as? IOError else {
                throw Failure(.usage, "can't listen on \(place): \(failure.reason)")
            }
            throw place.failure(error.errnoCode)
        }
        await audit.close(within: .seconds(2))
        await store.close()
        for loop in streamLoops { try? await loop.shutdownGracefully() }
        try? await group.shutdownGracefully()
    }

    private static func makeStreamLoops(_ settings: Settings) throws -> [StreamLoop] {
        // What TLS encrypts goes through NIO's handlers, and stays on its loops.
        if settings.http.isSecure { return [] }
        return try (0..<(settings.server.streamLoops ?? settings.server.loops ?? System.coreCount)).map {
            try StreamLoop(name: "streams-\($0)", niceness: settings.server.streamNiceness)
        }
    }

    /// Applies the settings that may change while the server runs.
    ///
    /// - Returns: which changes wait for a restart.
    /// - Throws: ``InvalidSettings``, and then nothing changes.
    private func use(_ fresh: Settings) async throws -> [String] {
        let fresh = budget.fitting(fresh, logger: logger)
        // First, since it changes nothing when it fails.
        try certificate?.reload()
        try await keys.use(fresh)
        relay.admit(within: fresh.roomLimits)
        gateway.use(fresh.gatewaySettings(budget, certificate))
        return fresh.changesForRestart(since: settings)
    }
}
