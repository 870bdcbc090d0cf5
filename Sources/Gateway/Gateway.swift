public import Boards
public import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
public import Rooms

/// The HTTP side: the router for what is asked and answered, and the front that keeps streams out of it.
public struct Gateway: Sendable {
    private let authenticator: Authenticator
    private let store: any BoardStore
    private let admin: any AdminStore
    private let audit: AuditLog
    private let relay: Relay
    private let presence: PresenceHub
    private let assets: [Asset]
    private let settings: GatewaySettings
    private let live: LiveSettings
    private let failures: AuthFailures
    let imports: ImportRunner
    private let writes = RateLimiter<WriteLimit.Writer>()
    private let refusals = RefusalHold()
    private let uptime: @Sendable () -> Int64

    /// - Parameters:
    ///   - store: one whose jobs are looked after, which is ``Boards/JobKeepingStore``.
    ///   - uptime: nanoseconds of a clock that never goes back, for limits.
    public init(
        authenticator: Authenticator, store: any BoardStore, admin: any AdminStore, audit: AuditLog, relay: Relay,
        presence: PresenceHub, assets: [Asset], settings: GatewaySettings,
        uptime: @escaping @Sendable () -> Int64 = { Int64(NIODeadline.now().uptimeNanoseconds) }
    ) {
        self.authenticator = authenticator
        self.store = store
        self.admin = admin
        self.audit = audit
        self.relay = relay
        self.presence = presence
        self.assets = assets
        self.settings = settings
        live = LiveSettings(settings)
        failures = AuthFailures(settings: live, uptime: uptime)
        imports = ImportRunner(store: store, authenticator: authenticator)
        self.uptime = uptime
    }

    /// Fails the imports that the previous process left unfinished. Call after ``Boards/JobKeeper/load()`` and before
    /// the application runs.
    public func load() async throws(BoardError) { try await imports.endAbandoned() }

    /// From now on origins, trusted proxies and the limits of writes and bad tokens are these; nothing else changes.
    public func use(_ settings: GatewaySettings) { live.use(settings) }

    /// - Parameter running: called once connections are accepted, with the listening channel.
    public func application(
        host: String, port: Int, on group: any EventLoopGroup, logger: Logger,
        running: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let requests = RequestTasks()
        let connections = OpenConnections(limit: settings.maxConnections)
        let watches = group.makeIterator().map { RequestWatch(loop: $0) }
        let streams = makeStreams()
        return Application(
            router: router(),
            server: HTTPServerBuilder {
                StreamServer(
                    responder: $0, streams: streams, requests: requests, watches: watches, connections: connections)
            },
            configuration: .init(address: .hostname(host, port: port), backlog: 4096),
            services: [StreamDrain(relay: relay, settings: settings), imports, requests],
            onServerRunning: { channel in
                try? await channel.pipeline.addHandler(AcceptGate(connections), position: .first).get()
                await running(channel)
            },
            eventLoopGroupProvider: .shared(group), logger: logger)
    }

    private var admission: ReaderAdmission {
        ReaderAdmission(authenticator: authenticator, failures: failures, relay: relay)
    }

    private var nativeStream: NativeStream { NativeStream(store: store, relay: relay) }

    /// Every path at which there are events, save ``SocketEndpoint/path``. The one that is asked for most comes first.
    private var streamEndpoints: [any StreamEndpoint] {
        [
            nativeStream, LegacyEventStream(store: store),
            JobStreams(kind: .taskProgress, store: store, lifetime: nil),
            JobStreams(kind: .job, store: store, lifetime: Int64(settings.jobStreamMilliseconds) * 1_000_000),
        ] + LegacyTaskStream.endpoints(store: store, clock: relay.wallClock)
    }

    func makeStreams() -> Streams {
        Streams(
            admission: admission, endpoints: streamEndpoints,
            sockets: SocketEndpoint(stream: nativeStream, presence: presenceRoutes))
    }

    private var presenceRoutes: PresenceRoutes {
        PresenceRoutes(store: store, presence: presence, settings: settings)
    }

    func router() -> Router<AppContext> {
        let router = Router(context: AppContext.self)
        router.add(middleware: AccessLog())
        router.add(middleware: BearerAuthentication(authenticator: authenticator, failures: failures))
        router.add(middleware: CrossOrigin(settings: live))
        router.add(middleware: ErrorResponse())
        HealthRoutes(relay: relay, authenticator: authenticator).add(to: router)
        PageRoutes(assets: assets).add(to: router)
        SessionRoutes(clock: relay.wallClock).add(to: router)
        let tenant = router.group(context: TenantContext.self)
            .add(middleware: WriteLimit(settings: live, limiter: writes, uptime: uptime, hold: refusals))
        TaskRoutes(store: store, settings: settings).add(to: tenant)
        BoardRoutes(store: store, settings: settings).add(to: tenant)
        JobRoutes(store: store, settings: settings).add(to: tenant)
        ImportRoutes(store: store, imports: imports).add(to: tenant)
        ExportRoutes(store: store).add(to: tenant)
        presenceRoutes.add(to: tenant)
        EventRoutes(store: store, admission: admission).add(to: tenant)
        PublishRoutes(store: store, relay: relay, settings: settings).add(to: tenant)
        StatsRoutes(relay: relay).add(to: tenant)
        ConnectionRoutes(relay: relay, authenticator: authenticator, audit: audit, settings: settings).add(to: tenant)
        TicketRoutes(authenticator: authenticator).add(to: tenant)
        RevocationRoutes(
            store: admin, audit: audit, authenticator: authenticator, relay: relay, settings: settings
        ).add(to: tenant)
        AuditRoutes(store: admin).add(to: tenant)
        for path in streamEndpoints.map(\.path) + [SocketEndpoint.path] {
            Resource<AppContext>(RouterPath(path.description), elsewhere: [.get]).add(to: router)
        }
        return router
    }
}
