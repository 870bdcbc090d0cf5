import Events
import NIOCore
import NIOHTTP1
import Rooms

/// The services that connections need to open a reader: admission, endpoints, and responses.
///
/// A class, since every connection refers to it.
final class Streams: Sendable {
    let admission: ReaderAdmission
    let endpoints: StreamEndpoints
    let sockets: SocketEndpoint
    let responses: StreamResponses

    init(admission: ReaderAdmission, endpoints: [any StreamEndpoint], sockets: SocketEndpoint) {
        self.admission = admission
        self.endpoints = StreamEndpoints(endpoints)
        self.sockets = sockets
        responses = StreamResponses(live: admission.failures.settings)
    }

    var settings: GatewaySettings { admission.failures.settings.current }

    /// - Parameters:
    ///   - query: the query of a request that may carry its token there; nil for others.
    ///   - loop: as ``ReaderAdmission/authenticate(_:waitingOn:with:)`` has it.
    /// - Throws: as that does.
    func authenticate(
        _ head: HTTPRequestHead, _ query: Query, from client: ReaderAdmission.Client, waitingOn loop: (any EventLoop)?
    ) throws(Problem) -> Principal {
        let origins = admission.failures.settings.read { $0.allOrigins }
        return try admission.authenticate(client, waitingOn: loop) { () throws(Problem) in
            try Credentials(CredentialFields(head), query: query, origins: origins)
        }
    }

    /// The client's question to a matched endpoint, once the tenant's boards are known.
    func question(
        _ head: HTTPRequestHead, _ match: StreamEndpoints.Match, _ query: Query, by principal: Principal,
        known: Set<BoardID>
    ) -> StreamQuestion {
        StreamQuestion(
            principal: principal, query: query, parameter: match.parameter,
            lastEventID: head.headers.first(name: "last-event-id"),
            head: responses.head(for: head, of: principal.tenant), known: known)
    }
}
