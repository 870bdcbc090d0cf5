import Boards
import HTTPTypes
import Hummingbird
import NIOCore
import Rooms

/// `GET /metrics`: counts of the whole gateway as Prometheus reads them, without a token: for everybody who can connect
/// to the operators' listener, and without one for this machine alone.
///
/// A request that a proxy has passed on is not from this machine, wherever the proxy is: everybody else gets 404, and a
/// proxy that is forgotten opens it to nobody. A proxy that adds no forwarding field and speaks no PROXY protocol can't
/// be distinguished from a client.
struct MetricsCalls {
    let relay: Relay
    let jobs: JobKeeper
    let counters: GatewayCounters
    let nodes: Nodes?
    /// Adds those of the parts that the gateway does not know.
    let parts: @Sendable (inout MetricsText) async -> Void
    let isForEverybody: Bool

    var all: [Call] {
        [
            .open(
                "metrics.show", .get, "/metrics", "Metrics in Prometheus' text format, for loopback clients alone.",
                query: [], answers: [.file([MetricsText.mediaType])], refusals: [.notFound], show)
        ]
    }

    @Sendable func show(_ input: CallInput, in context: AppContext) async throws -> Response {
        guard isForEverybody || input.request.isOfThisMachine(context.peer) else { throw Problem.notFound }
        var loops = LoopCounters()
        for hub in relay.hubs { loops.add(try await hub.counters().get()) }
        var metrics = MetricsText()
        metrics.add(loops)
        metrics.add(counters.current, refusedConnections: loops.refused)
        let unfinished = jobs.unfinished
        metrics.add(
            .gauge, "boardcast_jobs", "Jobs that are not finished.", by: "status",
            [JobStatus.queued, .processing].map { ($0.rawValue, Double(unfinished[$0] ?? 0)) })
        if let nodes { metrics.add(nodes) }
        await parts(&metrics)
        return Response(
            status: .ok, headers: [.contentType: MetricsText.mediaType, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: metrics.text)))
    }
}

extension Request {
    /// Whether it comes from this machine, and no proxy has passed it on.
    func isOfThisMachine(_ peer: ClientAddress?) -> Bool {
        peer?.isLoopback == true && CredentialFields(head).forwarded == ForwardedFields()
    }
}

extension MetricsText {
    fileprivate mutating func add(_ nodes: Nodes) {
        add(
            .gauge, "boardcast_nodes", "Gateways on the same database, this one included.",
            Double(nodes.others.count + 1))
        add(
            .gauge, "boardcast_isolated", "1 while the database is out of reach and nobody is admitted.",
            nodes.isIsolated ? 1 : 0)
        add(
            .counter, "boardcast_passing_dropped_total",
            "Typing and unlogged events that other nodes were not sent, or did not take.", Double(nodes.dropped))
    }
}

extension ClientAddress {
    /// Whether it is this machine's own: 127.0.0.0/8, or ::1.
    fileprivate var isLoopback: Bool { Self.loopback.contains { $0.contains(self) } }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap(Network.init)
}
