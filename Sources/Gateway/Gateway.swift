public import Boards
public import Events
import Hummingbird
import Imports
public import Logging
public import NIOCore
public import Rooms
public import ServiceLifecycle
public import StreamLoops
import StrictJSON

/// The HTTP side of the server: the router for calls, and the front that answers streams before it.
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
    private let hold = RefusalHold()
    private let refusals: RefusalLog
    private let bodies: Bodies
    private let answers: Answers
    private let connections: OpenConnections
    private let checks: @Sendable () -> [HealthCheck]
    private let jobs: JobKeeper
    private let counters = GatewayCounters()
    private let spans: SpanQueue?
    private let partMetrics: @Sendable (inout MetricsText) async -> Void
    private let facts: @Sendable () -> ServerFacts
    private let figures: FigureKeeper
    private let started: Timestamp
    private let uptime: @Sendable () -> Uptime
    /// The other gateways on the same database; nil where this is the only one.
    let nodes: Nodes?

    /// - Parameters:
    ///   - jobs: the keeper of the store's jobs; must be loaded before the first request.
    ///   - node: how this gateway is one of several on one database; nil for one alone.
    ///   - checks: those of the parts that the gateway does not know, for `/readyz?verbose`; called on any thread.
    ///   - metrics: adds the metrics of the same parts.
    ///   - spans: where the spans of requests go; nil where nobody collects them.
    ///   - facts: what administrators are told of the server.
    ///   - uptime: a clock that never goes back, for limits.
    public init(
        authenticator: Authenticator, jobs: JobKeeper, admin: any AdminStore, audit: AuditLog, relay: Relay,
        presence: PresenceHub, assets: [Asset], settings: GatewaySettings, node: NodeSettings? = nil,
        checks: @escaping @Sendable () -> [HealthCheck] = { [] },
        metrics: @escaping @Sendable (inout MetricsText) async -> Void = { _ in }, spans: SpanQueue? = nil,
        facts: @escaping @Sendable () -> ServerFacts = { ServerFacts() },
        uptime: @escaping @Sendable () -> Uptime = Uptime.now
    ) {
        self.authenticator = authenticator
        store = JobKeepingStore(jobs)
        self.admin = admin
        self.audit = audit
        self.relay = relay
        self.presence = presence
        self.assets = assets
        self.settings = settings
        live = LiveSettings(settings)
        bodies = Bodies(
            budget: MemoryBudget { [live] in live.read { $0.bodiesBytes } },
            limits: JSONParser.Limits(bytes: settings.maxBodyBytes, values: settings.maxBodyValues))
        answers = Answers(live)
        failures = AuthFailures(settings: live, uptime: uptime, counters: counters)
        refusals = RefusalLog(settings: live, uptime: uptime)
        let name = NodeName()
        imports = ImportRunner(
            jobs: jobs, slots: ImportSlots(longest: settings.maxImportBytes),
            home: node.map { ImportHome(name, in: $0.store) }
        ) {
            authenticator.isRevoked($0)
        }
        connections = OpenConnections(
            limit: settings.maxConnections, requestLimit: settings.maxRequestConnections)
        self.checks = checks
        self.jobs = jobs
        partMetrics = metrics
        self.spans = spans
        self.facts = facts
        figures = FigureKeeper(relay)
        started = relay.wallClock()
        self.uptime = uptime
        let parts = Nodes.Parts(
            admin: admin, authenticator: authenticator, relay: relay, presence: presence, imports: imports,
            retry: settings.retry)
        nodes = node.map { Nodes($0, as: name, parts) }
    }

    /// Fails the imports that the previous process left unfinished; what can't be stored now is stored later. Call after ``Boards/JobKeeper/load()`` and before
    /// the application runs.
    public func load() async throws(BoardError) {
        if let nodes {
            authenticator.share(in: nodes.store)
            do throws(StoreFailure) { try await nodes.load() } catch { throw .failed(error) }
        }
        try await imports.endAbandoned()
    }

    /// Replaces the allowed origins, the trusted proxies, the public URL, the ways to sign in and the limits of writes, bad tokens and memory,
    /// also for connections that are open; ignores all other settings. Safe to call from any thread.
    public func use(_ settings: GatewaySettings) { live.use(settings) }

    /// The service that listens and answers. It ends when the gateway has shut down in order, or can't listen.
    ///
    /// - Parameters:
    ///   - group: the loops of connections that are not plain streams.
    ///   - streamLoops: those of plain streams; without any they are on the loops of `group` as well. The relay has been
    ///     started on all of them.
    ///   - running: called once connections are accepted, with the port, if there is one.
    public func application(
        at address: ListenerAddress, on group: any EventLoopGroup, streaming streamLoops: [StreamLoop] = [],
        logger: Logger, running: @escaping @Sendable (Int?) async -> Void
    ) -> some Service {
        let running: @Sendable (Int?) async -> Void = { [nodes] port in
            nodes?.listens(on: port)
            await running(port)
        }
        let requests = RequestTasks()
        let connections = connections
        let streams = makeStreams()
        func watch(_ loop: any EventLoop) -> RequestWatch { RequestWatch(loop: loop, connections: connections) }
        let native = streamCalls.native
        func direct() -> DirectStreams { DirectStreams(streams, endpoint: native) }
        let watches = group.makeIterator().map(watch)
        let streamWatches = streamLoops.map(watch)
        let room = RoomMaker(connections, watches: watches + streamWatches)
        let responder = router().buildResponder()
        let server = StreamServer(
            responder: responder.answering(logger: logger), streams: streams, polls: PollResponder(responder),
            requests: requests, watches: watches, executors: watches.map { LoopExecutor($0.loop) },
            calls: watches.map { callFront(on: $0.loop) }, direct: watches.map { _ in direct() },
            connections: connections, certificate: settings.certificate, logger: logger)
        let acceptors = zip(streamLoops, streamWatches).compactMap { loop, watch in
            relay.hub(on: loop).map { hub in
                StreamAcceptor(
                    loop, hub: hub, watch: watch, direct: direct(), server: server, room: room, group: group)
            }
        }
        return GatewayService(
            services: (nodes.map { [$0] } ?? []) + [
                RefusalReport(refusals: refusals, logger: logger), figures, imports, requests,
            ],
            listener: Listener(
                address: address, group: group, server: server, acceptors: acceptors, room: room, relay: relay,
                drain: settings.drain, running: running),
            operators: settings.operators.map {
                OperatorsListener(
                    address: $0, responder: operatorsRouter().buildResponder().answering(logger: logger), logger: logger
                )
            },
            logger: logger)
    }

    private var admission: ReaderAdmission {
        ReaderAdmission(authenticator: authenticator, failures: failures, relay: relay)
    }

    private var streamCalls: StreamCalls {
        StreamCalls(store: store, relay: relay, answers: answers, settings: settings)
    }

    private var typing: TypingIndicator { TypingIndicator(store: store, presence: presence) }

    func makeStreams() -> Streams {
        let calls = streamCalls
        return Streams(
            admission: admission, endpoints: calls.all.compactMap(\.endpoint),
            sockets: SocketEndpoint(stream: calls.native, typing: typing), queries: QueryMethod(self.calls),
            refusals: refusals)
    }

    private func metrics(isForEverybody: Bool) -> MetricsCalls {
        MetricsCalls(
            relay: relay, jobs: jobs, counters: counters, nodes: nodes, parts: partMetrics,
            isForEverybody: isForEverybody)
    }

    private var health: HealthCalls {
        HealthCalls(
            store: store, relay: relay, authenticator: authenticator, audit: audit, connections: connections,
            parts: checks, nodes: nodes)
    }

    private var server: ServerCalls {
        ServerCalls(
            store: store, relay: relay, authenticator: authenticator, settings: live, counters: counters,
            figures: figures, facts: facts, started: started)
    }

    /// All calls of the API.
    var calls: CallList {
        CallList(
            describing: health.all
                + (settings.operators == nil ? metrics(isForEverybody: false).all : [])
                + PageCalls(assets: assets, settings: live).all
                + ResourceCalls(settings: live).all
                + SignInCalls(settings: live).all
                + (settings.links.map { LinkCalls(links: $0).all } ?? [])
                + SessionCalls(authenticator: authenticator, clock: relay.wallClock).all
                + TaskCalls(store: store).all
                + BoardCalls(store: store).all
                + JobCalls(store: store).all
                + ImportCalls(store: store, imports: imports, longest: settings.maxImportBytes).all
                + ExportCalls(store: store).all
                + PresenceCalls(store: store, presence: presence, typing: typing, relay: nodes == nil ? nil : relay).all
                + EventCalls(store: store, relay: relay, authenticator: authenticator, answers: answers).all
                + PublishCalls(store: store, relay: relay, nodes: nodes).all
                + StatsCalls(relay: relay, nodes: nodes).all
                + server.all
                + ConnectionCalls(
                    relay: relay, authenticator: authenticator, audit: audit, settings: settings, nodes: nodes
                ).all
                + TicketCalls(authenticator: authenticator).all
                + RevocationCalls(store: admin, audit: audit, authenticator: authenticator, relay: relay).all
                + AuditCalls(store: admin).all
                + streamCalls.all)
    }

    func router() -> Router<AppContext> {
        let calls = calls
        let router = Router(context: AppContext.self)
        router.add(middleware: accessLog(of: calls))
        router.add(middleware: BodyOnDemand())
        router.add(middleware: authentication)
        router.add(middleware: PublicLinks())
        router.add(middleware: CrossOrigin(settings: live, methods: calls.methods))
        router.add(middleware: ErrorResponse(counters: counters))
        calls.add(to: router, rules: rules)
        return router
    }

    func callFront(on loop: any EventLoop) -> CallFront {
        let calls = calls
        return CallFront(
            calls,
            CallFront.Parts(
                authentication: authentication, rules: rules, errors: ErrorResponse(counters: counters),
                log: accessLog(of: calls), settings: live),
            inbox: ReplyInbox(loop))
    }

    private func accessLog(of calls: CallList) -> AccessLog {
        AccessLog(calls: calls, refusals: refusals, counters: counters, spans: spans)
    }

    private var authentication: BearerAuthentication {
        BearerAuthentication(authenticator: authenticator, failures: failures)
    }

    /// What the operators' listener answers.
    func operatorsRouter() -> Router<AppContext> {
        let calls = CallList(health.all + metrics(isForEverybody: true).all)
        let router = Router(context: AppContext.self)
        router.add(middleware: accessLog(of: calls))
        router.add(middleware: ErrorResponse(counters: counters))
        calls.add(to: router, rules: rules)
        return router
    }

    private var rules: Call.Rules {
        Call.Rules(
            writes: WriteLimit(settings: live, limiter: writes, uptime: uptime, hold: hold, counters: counters),
            bodies: bodies, answers: answers)
    }
}

extension ImportHome {
    fileprivate init(_ name: NodeName, in store: any NodeStore) {
        self.init {
            name.id.description
        } members: { () throws(StoreFailure) in
            Set(try await store.members().map(\.description))
        }
    }
}
