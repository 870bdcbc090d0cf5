import Boards
import Events
import NIOCore
import NIOHTTP1
import Rooms
import Tokens

/// `GET /sse/connect`: who asks, for what, and may they. Values in, a request for the rooms or a refusal out.
struct StreamRoute: Sendable {
    static let path = "/sse/connect"

    let authenticator: Authenticator
    let relay: Relay
    let store: any BoardStore
    let failures: AuthFailures

    var settings: GatewaySettings { failures.settings.current }

    struct Caller {
        let claims: Claims
        let tenant: TenantID
        let user: UserID
        let query: Query
    }

    static func takes(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.uri.utf8.starts(with: path.utf8)
            && (head.uri.utf8.count == path.utf8.count
                || head.uri.utf8[head.uri.utf8.index(head.uri.utf8.startIndex, offsetBy: path.utf8.count)]
                    == UInt8(ascii: "?"))
    }

    /// - Throws: ``Problem`` 401, or 429 when too many bad tokens come from there, and 400 for a query that can't be
    ///   understood.
    func caller(_ head: HTTPRequestHead, from peer: SocketAddress?) throws(Problem) -> Caller {
        do { return try caller(head) } catch {
            throw failures.count(error, from: peer, forwarded: head.headers["x-forwarded-for"])
        }
    }

    private func caller(_ head: HTTPRequestHead) throws(Problem) -> Caller {
        let query = try Query(
            head.uri.firstIndex(of: "?").map { String(head.uri[head.uri.index(after: $0)...]) },
            allowing: ["types", "since", "snapshot", "token"], repeatable: ["board"])
        let claims = try authenticator.claims(authorization: head.headers["authorization"], query: query["token"])
        guard let tenant = TenantID(claims.tenant), let user = UserID(claims.subject) else {
            throw .unauthorized("the tenant or the subject is not one that we can use")
        }
        return Caller(claims: claims, tenant: tenant, user: user, query: query)
    }

    /// - Parameter known: the tenant's boards.
    /// - Throws: ``Problem`` as ``StreamQuery`` does.
    func request(_ head: HTTPRequestHead, _ caller: Caller, known: Set<BoardID>) throws(Problem) -> StreamRequest {
        let ask = try StreamQuery(
            caller.query, lastEventID: head.headers.first(name: "last-event-id"), claims: caller.claims, known: known)
        let wantsSnapshot = try caller.query.flag("snapshot")
        let (tenant, boards) = (caller.tenant, ask.selection.boards)
        let snapshot: @Sendable () async throws -> StreamRequest.Snapshot = { [store, relay] in
            try await store.initEvent(of: tenant, boards: boards, now: relay.now())
        }
        return StreamRequest(
            tenant: tenant, user: caller.user, selection: ask.selection, cursor: ask.cursor,
            expiresAt: Int(caller.claims.expiresAt), head: RawResponse.streamHead(extra: cors(head, of: tenant)),
            snapshotURL: ask.snapshotURL,
            snapshot: wantsSnapshot ? snapshot : nil)
    }

    /// What a native EventSource needs instead of a status: it never comes back after any but 200.
    func refusalInStream(_ error: RoomError, _ head: HTTPRequestHead, of tenant: TenantID, now: Int) -> ByteBuffer {
        let reason: CloseReason = error == .draining ? .serverDraining : .limitReached
        let delay = StreamEvents.retry(
            around: error == .draining ? settings.drainMilliseconds / 2 : settings.retryMilliseconds)
        var bytes = RawResponse.streamHead(extra: cors(head, of: tenant) + [("Connection", "close")])
        bytes.writeImmutableBuffer(StreamEvents.closing(reason, reconnectAfter: delay, now: now))
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
        return [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
    }
}
