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

    public init(
        authenticator: Authenticator, store: any BoardStore, admin: any AdminStore, audit: AuditLog, relay: Relay,
        presence: PresenceHub, assets: [Asset], settings: GatewaySettings
    ) {
        self.authenticator = authenticator
        self.store = store
        self.admin = admin
        self.audit = audit
        self.relay = relay
        self.presence = presence
        self.assets = assets
        self.settings = settings
    }

    /// - Parameter running: called once connections are accepted, with the listening channel.
    public func application(
        host: String, port: Int, on group: any EventLoopGroup, logger: Logger,
        running: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let requests = RequestTasks()
        let connections = OpenConnections(limit: settings.maxConnections)
        let watches = group.makeIterator().map { RequestWatch(loop: $0) }
        let route = StreamRoute(authenticator: authenticator, relay: relay, store: store, settings: settings)
        return Application(
            router: router(),
            server: HTTPServerBuilder {
                StreamServer(
                    responder: $0, route: route, requests: requests, watches: watches, connections: connections)
            },
            configuration: .init(address: .hostname(host, port: port), backlog: 4096),
            services: [StreamDrain(relay: relay, settings: settings), requests],
            onServerRunning: { channel in
                try? await channel.pipeline.addHandler(AcceptGate(connections), position: .first).get()
                await running(channel)
            },
            eventLoopGroupProvider: .shared(group), logger: logger)
    }

    func router() -> Router<AppContext> {
        let router = Router(context: AppContext.self)
        router.add(middleware: AccessLog())
        router.add(middleware: CrossOrigin(origins: settings.corsOrigins))
        router.add(middleware: ErrorResponse())
        router.add(middleware: BearerAuthentication(authenticator: authenticator, origins: settings.corsOrigins))
        HealthRoutes(relay: relay).add(to: router)
        PageRoutes(assets: assets).add(to: router)
        SessionRoutes(clock: relay.now).add(to: router)
        let tenant = router.group(context: TenantContext.self)
        TaskRoutes(store: store, settings: settings).add(to: tenant)
        BoardRoutes(store: store, settings: settings).add(to: tenant)
        PresenceRoutes(store: store, presence: presence, settings: settings).add(to: tenant)
        EventRoutes(store: store, relay: relay).add(to: tenant)
        PublishRoutes(store: store, relay: relay, settings: settings).add(to: tenant)
        StatsRoutes(relay: relay).add(to: tenant)
        ConnectionRoutes(relay: relay, audit: audit, settings: settings).add(to: tenant)
        TicketRoutes(authenticator: authenticator).add(to: tenant)
        RevocationRoutes(
            store: admin, audit: audit, authenticator: authenticator, relay: relay, settings: settings
        ).add(to: tenant)
        AuditRoutes(store: admin).add(to: tenant)
        Resource<AppContext>(RouterPath(StreamRoute.path), elsewhere: [.get]).add(to: router)
        return router
    }
}
