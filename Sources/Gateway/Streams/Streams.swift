import Events
import NIOCore
import NIOHTTP1
import Rooms
import Text

/// The services that connections need to open a reader: admission, endpoints, and responses.
///
/// A class, since every connection refers to it.
final class Streams: Sendable {
    let admission: ReaderAdmission
    let endpoints: StreamEndpoints
    let sockets: SocketEndpoint
    let queries: QueryMethod
    let responses: StreamResponses
    let refusals: RefusalLog

    init(
        admission: ReaderAdmission, endpoints: [any StreamEndpoint], sockets: SocketEndpoint, queries: QueryMethod,
        refusals: RefusalLog
    ) {
        (self.admission, self.queries, self.refusals) = (admission, queries, refusals)
        self.endpoints = StreamEndpoints(endpoints)
        self.sockets = sockets
        responses = StreamResponses(live: admission.failures.settings)
    }

    var settings: GatewaySettings { live.current }
    private var live: LiveSettings { admission.failures.settings }

    /// Bytes that a request's head may have.
    var mostHeaderBytes: Int { live.read { $0.maxHeaderBytes } }
    /// What precedes our paths in the URLs of clients about which no proxy says anything else.
    var ownPrefix: String { live.read { $0.publicURL?.path } ?? "" }
    /// Whether connections of trusted proxies begin with the PROXY protocol.
    var expectsProxyHeaders: Bool { live.read { $0.proxyProtocol } }

    func isTrusted(_ peer: ClientAddress) -> Bool { live.read { $0.trustedProxies }.contains { $0.contains(peer) } }

    /// Where the request was sent to and from.
    func place(of fields: CredentialFields, peer: ClientAddress?) -> RequestPlace {
        RequestPlace(fields, peer: peer, by: admission.failures.settings.read { $0.place })
    }

    /// - Parameters:
    ///   - query: may carry the token.
    ///   - offer: the subprotocols, where a WebSocket is asked for.
    ///   - loop: as ``ReaderAdmission/authenticate(_:waitingOn:with:)`` has it.
    /// - Throws: as that does.
    func authenticate(
        _ fields: CredentialFields, _ query: Query, at place: RequestPlace, offer: SocketOffer? = nil,
        waitingOn loop: (any EventLoop)?
    ) throws(Problem) -> Principal {
        let origins = admission.failures.settings.read { $0.allOrigins }
        return try admission.authenticate(place.client, waitingOn: loop) { () throws(Problem) in
            try Credentials(fields, at: place, query: query, offer: offer, origins: origins)
        }
    }

    /// As ``authenticate(_:_:at:offer:waitingOn:)``; nil for what that would refuse, and then nothing is counted.
    func lastingPrincipal(_ fields: CredentialFields, _ query: Query, at place: RequestPlace) -> Principal? {
        let origins = live.read { $0.allOrigins }
        let credentials = try? Credentials(fields, at: place, query: query, origins: origins)
        return credentials.flatMap { admission.authenticator.lastingPrincipal(of: $0) }
    }

    /// The client's question to a matched endpoint, once the tenant's boards are known.
    func question(
        _ head: HTTPRequestHead, _ match: StreamEndpoints.Match, _ query: Query, by principal: Principal,
        prefix: String = "", known: Set<BoardID>
    ) -> StreamQuestion {
        StreamQuestion(
            principal: principal, query: query, parameter: match.parameter,
            lastEventID: head.headers.first(name: "last-event-id"), prefix: prefix,
            head: responses.head(
                for: head.version, origin: head.headers.first(name: "origin"), of: principal.tenant),
            known: known)
    }
}
