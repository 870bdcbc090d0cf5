import Events
import NIOHTTP1
import Rooms
import Testing

@testable import Gateway

extension TestGateway {
    static func head(
        _ uri: String, token: String? = nil, method: HTTPMethod = .GET, _ headers: [(String, String)] = []
    ) -> HTTPRequestHead {
        let bearer = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: HTTPHeaders(bearer + headers))
    }

    func isStream(_ head: HTTPRequestHead) -> Bool { streams.endpoints.match(head) != nil }

    /// Who asks for a stream, as far as a request's token says.
    func principal(of head: HTTPRequestHead) throws -> Principal {
        let query = try #require(streams.endpoints.match(head)).query(of: head)
        let fields = CredentialFields(head)
        return try streams.authenticate(fields, query, at: streams.place(of: fields, peer: nil), waitingOn: nil)
    }

    /// What the rooms are asked for.
    ///
    /// - Parameter known: the tenant's boards; nil reads them.
    func streamRequest(_ head: HTTPRequestHead, known: Set<BoardID>? = nil) async throws -> StreamRequest {
        let principal = try principal(of: head)
        let match = try #require(streams.endpoints.match(head))
        let boards: Set<BoardID>
        if let known { boards = known } else { boards = try await store.boardIDs(of: principal.tenant) }
        let question = streams.question(head, match, try match.query(of: head), by: principal, known: boards)
        switch try match.endpoint.prepare(question) {
        case .ready(let request): return request
        case .reading(let read): return try await read()
        }
    }
}
