import Boards
import Events
import NIOCore
import NIOHTTP1
import Rooms
import Tokens

/// `GET /sse/connect` and the endpoints beside it: who asks, for what, and may they.
///
/// Values in, a request for the rooms or a refusal out.
struct StreamRoute: Sendable {
    static let path = "/sse/connect"
    private static let credentials: Set = ["token", "ticket"]
    private static let names: Set = ["types", "since", "snapshot", "token", "ticket"]
    private static let repeatable: Set = ["board"]

    let authenticator: Authenticator
    let relay: Relay
    let store: any BoardStore
    let failures: AuthFailures
    var endpoints: [any StreamEndpoint] = []

    var settings: GatewaySettings { failures.settings.current }

    struct Caller: Sendable {
        let principal: Principal
        let query: Query
    }

    func takes(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && (head.isFor(Self.path) || endpoint(for: head) != nil)
    }

    /// Nil for ``path`` itself, and for what is no stream.
    func endpoint(for head: HTTPRequestHead) -> (any StreamEndpoint)? {
        // Most streams are; and the answer is asked for more than once.
        if head.isFor(Self.path) { return nil }
        let path = head.path
        return endpoints.first { $0.takes(path) }
    }

    /// - Throws: ``Problem`` 400 for a query that can't be understood.
    func query(_ head: HTTPRequestHead) throws(Problem) -> Query {
        let endpoint = endpoint(for: head)
        return try Query(
            head.uri.firstIndex(of: "?").map { String(head.uri[head.uri.index(after: $0)...]) },
            allowing: endpoint.map { $0.names.union(Self.credentials) } ?? Self.names,
            repeatable: endpoint?.repeatable ?? Self.repeatable)
    }

    /// - Throws: ``Problem`` 401, or 429 when too many bad tokens come from there, and as ``query(_:)`` does.
    func caller(_ head: HTTPRequestHead, from peer: SocketAddress?) throws(Problem) -> Caller {
        let query = try query(head)
        return try caller(query: query, peer, head.forwarded) { () throws(Problem) in try credentials(head, query) }
    }

    func credentials(_ head: HTTPRequestHead, _ query: Query) throws(Problem) -> Credentials? {
        try Credentials(CredentialFields(head), query: query, origins: settings.allOrigins)
    }

    /// - Parameters:
    ///   - peer: where it comes from, seen through `forwarded`, its `X-Forwarded-For`.
    ///   - credentials: looks for them.
    /// - Throws: ``Problem`` 401, or 429.
    func caller(
        query: Query, _ peer: SocketAddress?, _ forwarded: [String],
        with credentials: () throws(Problem) -> Credentials?
    ) throws(Problem) -> Caller {
        do {
            return Caller(principal: try authenticator.principal(of: try credentials()), query: query)
        } catch {
            throw failures.count(error, from: peer, forwarded: forwarded)
        }
    }

    func ask(_ head: HTTPRequestHead, _ caller: Caller, known: Set<BoardID>) -> StreamAsk {
        StreamAsk(
            caller: caller, path: head.path, lastEventID: head.headers.first(name: "last-event-id"),
            head: RawResponse.streamHead(extra: cors(head, of: caller.principal.tenant)), known: known)
    }

    /// - Parameter known: the tenant's boards.
    /// - Throws: ``Problem`` as ``StreamQuery`` does.
    func request(_ head: HTTPRequestHead, _ caller: Caller, known: Set<BoardID>) throws(Problem) -> StreamRequest {
        try request(
            caller, lastEventID: head.headers.first(name: "last-event-id"), on: .eventStream,
            head: RawResponse.streamHead(extra: cors(head, of: caller.principal.tenant)), known: known)
    }

    /// - Parameter head: what is sent before the first event.
    func request(
        _ caller: Caller, lastEventID: String?, on wire: Wire, head: ByteBuffer, known: Set<BoardID>
    ) throws(Problem) -> StreamRequest {
        let ask = try StreamQuery(caller.query, lastEventID: lastEventID, principal: caller.principal, known: known)
        let wantsSnapshot = try caller.query.flag("snapshot")
        let (tenant, boards) = (caller.principal.tenant, ask.selection.boards)
        let snapshot: @Sendable () async throws -> StreamRequest.Snapshot = { [store, relay] in
            try await store.initEvent(of: tenant, boards: boards, now: relay.now())
        }
        return StreamRequest(
            principal: caller.principal, selection: ask.asked, wire: wire,
            cursor: ask.cursor, head: head, snapshotURL: ask.snapshotURL, snapshot: wantsSnapshot ? snapshot : nil)
    }

    /// What a native EventSource needs instead of a status: it never comes back after any but 200.
    func refusalInStream(
        _ error: RoomError, _ head: HTTPRequestHead, of tenant: TenantID, on wire: Wire, now: Int
    ) -> ByteBuffer {
        let reason: CloseReason = error == .draining ? .serverDraining : .limitReached
        let delay = StreamEvents.retry(
            around: error == .draining ? settings.drainMilliseconds / 2 : settings.retryMilliseconds)
        var bytes = RawResponse.streamHead(extra: cors(head, of: tenant) + [("Connection", "close")])
        bytes.writeImmutableBuffer(StreamEvents.closing(reason, reconnectAfter: delay, on: wire, now: now))
        bytes.writeImmutableBuffer(StreamBytes.end)
        return bytes
    }

    /// - Parameter tenant: whose token it is; nil when it is nobody's.
    func cors(_ head: HTTPRequestHead, of tenant: TenantID?) -> [(String, String)] {
        let settings = settings
        guard settings.hasOrigins else { return [] }
        guard let origin = head.headers.first(name: "origin"), settings.lets(origin, read: tenant) else {
            return [("Vary", "Origin")]
        }
        return [
            ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin"),
        ]
    }
}

extension HTTPRequestHead {
    var forwarded: [String] { headers["x-forwarded-for"] }

    /// Whether its target is `path`, with or without a query.
    func isFor(_ path: String) -> Bool {
        let (uri, path) = (uri.utf8, path.utf8)
        guard uri.starts(with: path) else { return false }
        let end = uri.index(uri.startIndex, offsetBy: path.count)
        return end == uri.endIndex || uri[end] == UInt8(ascii: "?")
    }
}
